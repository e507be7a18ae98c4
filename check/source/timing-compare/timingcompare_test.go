package timingcompare_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"
	timingcompare "github.com/merlon-go/merlon/check/source/timing-compare"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: timingcompare.Rule, Analyzer: timingcompare.Analyzer})
}
