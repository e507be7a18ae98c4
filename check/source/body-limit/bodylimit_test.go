package bodylimit_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	bodylimit "github.com/merlon-go/merlon/check/source/body-limit"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: bodylimit.Rule, Analyzer: bodylimit.Analyzer})
}
