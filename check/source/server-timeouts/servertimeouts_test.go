package servertimeouts_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	servertimeouts "github.com/merlon-go/merlon/check/source/server-timeouts"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: servertimeouts.Rule, Analyzer: servertimeouts.Analyzer})
}
