package unsafedeserialization_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	unsafedeserialization "github.com/merlon-go/merlon/check/source/unsafe-deserialization"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), unsafedeserialization.Analyzer, "a")
}
