package debugexposed_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	debugexposed "github.com/merlon-go/merlon/check/source/debug-exposed"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: debugexposed.Rule, Analyzer: debugexposed.Analyzer})
}
