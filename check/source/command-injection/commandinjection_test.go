package commandinjection_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	commandinjection "github.com/merlon-go/merlon/check/source/command-injection"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), commandinjection.Analyzer, "a")
}
