package allocationsize_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	allocationsize "github.com/merlon-go/merlon/check/source/allocation-size"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: allocationsize.Rule, Analyzer: allocationsize.Analyzer})
}
