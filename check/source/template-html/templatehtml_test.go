package templatehtml_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	templatehtml "github.com/merlon-go/merlon/check/source/template-html"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: templatehtml.Rule, Analyzer: templatehtml.Analyzer})
}
