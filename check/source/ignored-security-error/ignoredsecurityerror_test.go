package ignoredsecurityerror_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	ignoredsecurityerror "github.com/merlon-go/merlon/check/source/ignored-security-error"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: ignoredsecurityerror.Rule, Analyzer: ignoredsecurityerror.Analyzer})
}
