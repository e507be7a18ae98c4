package zipslip_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	zipslip "github.com/merlon-go/merlon/check/source/zip-slip"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), zipslip.Analyzer, "a")
}
