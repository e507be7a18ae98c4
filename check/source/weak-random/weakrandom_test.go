package weakrandom_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"
	weakrandom "github.com/merlon-go/merlon/check/source/weak-random"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: weakrandom.Rule, Analyzer: weakrandom.Analyzer})
}
