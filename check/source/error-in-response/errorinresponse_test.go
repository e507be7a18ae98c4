package errorinresponse_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	errorinresponse "github.com/merlon-go/merlon/check/source/error-in-response"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), errorinresponse.Analyzer, "a")
}
