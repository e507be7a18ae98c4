package requestsmuggling_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	requestsmuggling "github.com/merlon-go/merlon/check/source/request-smuggling"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: requestsmuggling.Rule, Analyzer: requestsmuggling.Analyzer})
}
