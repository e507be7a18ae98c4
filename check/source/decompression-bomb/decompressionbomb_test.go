package decompressionbomb_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	decompressionbomb "github.com/merlon-go/merlon/check/source/decompression-bomb"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: decompressionbomb.Rule, Analyzer: decompressionbomb.Analyzer})
}
