package lostcontext_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	lostcontext "github.com/merlon-go/merlon/check/source/lost-context"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: lostcontext.Rule, Analyzer: lostcontext.Analyzer})
}
