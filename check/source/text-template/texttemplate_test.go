package texttemplate_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"
	texttemplate "github.com/merlon-go/merlon/check/source/text-template"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: texttemplate.Rule, Analyzer: texttemplate.Analyzer})
}
