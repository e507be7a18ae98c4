package sqlinjection_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	sqlinjection "github.com/merlon-go/merlon/check/source/sql-injection"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: sqlinjection.Rule, Analyzer: sqlinjection.Analyzer})
}
