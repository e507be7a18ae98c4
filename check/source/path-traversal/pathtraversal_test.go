package pathtraversal_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	pathtraversal "github.com/merlon-go/merlon/check/source/path-traversal"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), pathtraversal.Analyzer, "a")
}
