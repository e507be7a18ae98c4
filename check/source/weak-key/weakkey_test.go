package weakkey_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"
	weakkey "github.com/merlon-go/merlon/check/source/weak-key"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: weakkey.Rule, Analyzer: weakkey.Analyzer})
}
