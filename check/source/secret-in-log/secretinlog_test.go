package secretinlog_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	secretinlog "github.com/merlon-go/merlon/check/source/secret-in-log"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: secretinlog.Rule, Analyzer: secretinlog.Analyzer})
}
