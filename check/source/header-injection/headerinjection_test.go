package headerinjection_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	headerinjection "github.com/merlon-go/merlon/check/source/header-injection"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: headerinjection.Rule, Analyzer: headerinjection.Analyzer})
}
