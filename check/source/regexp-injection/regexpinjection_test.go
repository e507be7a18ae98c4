package regexpinjection_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	regexpinjection "github.com/merlon-go/merlon/check/source/regexp-injection"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), regexpinjection.Analyzer, "a")
}
