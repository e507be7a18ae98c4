package templateinjection_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	templateinjection "github.com/merlon-go/merlon/check/source/template-injection"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: templateinjection.Rule, Analyzer: templateinjection.Analyzer})
}
