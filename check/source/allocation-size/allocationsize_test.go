package allocationsize_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	allocationsize "github.com/merlon-go/merlon/check/source/allocation-size"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), allocationsize.Analyzer, "a")
}
