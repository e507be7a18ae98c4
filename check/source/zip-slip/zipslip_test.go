package zipslip_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	zipslip "github.com/merlon-go/merlon/check/source/zip-slip"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: zipslip.Rule, Analyzer: zipslip.Analyzer})
}
