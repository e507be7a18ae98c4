package xssresponse_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	xssresponse "github.com/merlon-go/merlon/check/source/xss-response"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), xssresponse.Analyzer, "a")
}
