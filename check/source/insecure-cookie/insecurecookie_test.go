package insecurecookie_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	insecurecookie "github.com/merlon-go/merlon/check/source/insecure-cookie"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: insecurecookie.Rule, Analyzer: insecurecookie.Analyzer})
}
