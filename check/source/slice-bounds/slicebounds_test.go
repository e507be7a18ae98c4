package slicebounds_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	slicebounds "github.com/merlon-go/merlon/check/source/slice-bounds"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: slicebounds.Rule, Analyzer: slicebounds.Analyzer})
}
