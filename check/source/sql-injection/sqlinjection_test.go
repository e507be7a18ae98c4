package sqlinjection_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	sqlinjection "github.com/merlon-go/merlon/check/source/sql-injection"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), sqlinjection.Analyzer, "a")
}
