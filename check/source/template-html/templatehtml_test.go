package templatehtml_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	templatehtml "github.com/merlon-go/merlon/check/source/template-html"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), templatehtml.Analyzer, "a")
}
