package weakpasswordhash_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"
	weakpasswordhash "github.com/merlon-go/merlon/check/source/weak-password-hash"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: weakpasswordhash.Rule, Analyzer: weakpasswordhash.Analyzer})
}
