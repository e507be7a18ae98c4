package secretinlog_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	secretinlog "github.com/merlon-go/merlon/check/source/secret-in-log"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), secretinlog.Analyzer, "a")
}
