package ssrf_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	ssrf "github.com/merlon-go/merlon/check/source/ssrf"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: ssrf.Rule, Analyzer: ssrf.Analyzer})
}
