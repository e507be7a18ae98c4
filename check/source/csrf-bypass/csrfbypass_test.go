package csrfbypass_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	csrfbypass "github.com/merlon-go/merlon/check/source/csrf-bypass"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: csrfbypass.Rule, Analyzer: csrfbypass.Analyzer})
}
