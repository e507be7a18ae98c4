package insecuretls_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	insecuretls "github.com/merlon-go/merlon/check/source/insecure-tls"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: insecuretls.Rule, Analyzer: insecuretls.Analyzer})
}
