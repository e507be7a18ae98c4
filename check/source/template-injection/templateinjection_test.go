package templateinjection_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	templateinjection "github.com/merlon-go/merlon/check/source/template-injection"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), templateinjection.Analyzer, "a")
}
