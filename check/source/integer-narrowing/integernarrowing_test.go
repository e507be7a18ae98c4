package integernarrowing_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	integernarrowing "github.com/merlon-go/merlon/check/source/integer-narrowing"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), integernarrowing.Analyzer, "a")
}
