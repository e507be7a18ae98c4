package hardcodedsecret_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	hardcodedsecret "github.com/merlon-go/merlon/check/source/hardcoded-secret"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: hardcodedsecret.Rule, Analyzer: hardcodedsecret.Analyzer})
}
