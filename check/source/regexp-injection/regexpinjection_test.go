package regexpinjection_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	regexpinjection "github.com/merlon-go/merlon/check/source/regexp-injection"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: regexpinjection.Rule, Analyzer: regexpinjection.Analyzer})
}
