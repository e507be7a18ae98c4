package mailinjection_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	mailinjection "github.com/merlon-go/merlon/check/source/mail-injection"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: mailinjection.Rule, Analyzer: mailinjection.Analyzer})
}
