package openredirect_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	openredirect "github.com/merlon-go/merlon/check/source/open-redirect"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), openredirect.Analyzer, "a")
}
