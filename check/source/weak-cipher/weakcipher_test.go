package weakcipher_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"
	weakcipher "github.com/merlon-go/merlon/check/source/weak-cipher"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: weakcipher.Rule, Analyzer: weakcipher.Analyzer})
}
