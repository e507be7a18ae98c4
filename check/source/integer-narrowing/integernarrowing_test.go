package integernarrowing_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	integernarrowing "github.com/merlon-go/merlon/check/source/integer-narrowing"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: integernarrowing.Rule, Analyzer: integernarrowing.Analyzer})
}
