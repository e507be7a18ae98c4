package loopvariable_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	loopvariable "github.com/merlon-go/merlon/check/source/loop-variable"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: loopvariable.Rule, Analyzer: loopvariable.Analyzer})
}
