package decompressionbomb_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	decompressionbomb "github.com/merlon-go/merlon/check/source/decompression-bomb"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), decompressionbomb.Analyzer, "a")
}
