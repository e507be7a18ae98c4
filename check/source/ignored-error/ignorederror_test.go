package ignorederror_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	ignorederror "github.com/merlon-go/merlon/check/source/ignored-error"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: ignorederror.Rule, Analyzer: ignorederror.Analyzer})
}
