package integerconversion_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	integerconversion "github.com/merlon-go/merlon/check/source/integer-conversion"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: integerconversion.Rule, Analyzer: integerconversion.Analyzer})
}
