package loginjection_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	loginjection "github.com/merlon-go/merlon/check/source/log-injection"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), loginjection.Analyzer, "a")
}
