package secretinjson_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	secretinjson "github.com/merlon-go/merlon/check/source/secret-in-json"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: secretinjson.Rule, Analyzer: secretinjson.Analyzer})
}
