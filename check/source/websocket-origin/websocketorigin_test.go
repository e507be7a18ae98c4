package websocketorigin_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"
	websocketorigin "github.com/merlon-go/merlon/check/source/websocket-origin"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: websocketorigin.Rule, Analyzer: websocketorigin.Analyzer})
}
