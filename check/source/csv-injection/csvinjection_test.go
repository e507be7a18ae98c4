package csvinjection_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	csvinjection "github.com/merlon-go/merlon/check/source/csv-injection"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: csvinjection.Rule, Analyzer: csvinjection.Analyzer})
}
