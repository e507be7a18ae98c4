package walkrace_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"
	walkrace "github.com/merlon-go/merlon/check/source/walk-race"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: walkrace.Rule, Analyzer: walkrace.Analyzer})
}
