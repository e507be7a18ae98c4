package xpathinjection_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	xpathinjection "github.com/merlon-go/merlon/check/source/xpath-injection"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: xpathinjection.Rule, Analyzer: xpathinjection.Analyzer})
}
