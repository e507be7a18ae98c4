package missingauthorization_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	missingauthorization "github.com/merlon-go/merlon/check/source/missing-authorization"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: missingauthorization.Rule, Analyzer: missingauthorization.Analyzer})
}
