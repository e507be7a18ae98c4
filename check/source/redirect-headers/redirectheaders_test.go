package redirectheaders_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	redirectheaders "github.com/merlon-go/merlon/check/source/redirect-headers"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: redirectheaders.Rule, Analyzer: redirectheaders.Analyzer})
}
