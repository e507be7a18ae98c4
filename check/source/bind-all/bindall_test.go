package bindall_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	bindall "github.com/merlon-go/merlon/check/source/bind-all"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: bindall.Rule, Analyzer: bindall.Analyzer})
}
