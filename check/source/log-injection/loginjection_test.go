package loginjection_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	loginjection "github.com/merlon-go/merlon/check/source/log-injection"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: loginjection.Rule, Analyzer: loginjection.Analyzer})
}
