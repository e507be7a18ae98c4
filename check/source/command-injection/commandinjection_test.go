package commandinjection_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	commandinjection "github.com/merlon-go/merlon/check/source/command-injection"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: commandinjection.Rule, Analyzer: commandinjection.Analyzer})
}
