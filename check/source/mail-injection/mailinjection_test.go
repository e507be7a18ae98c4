package mailinjection_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	mailinjection "github.com/merlon-go/merlon/check/source/mail-injection"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), mailinjection.Analyzer, "a")
}
