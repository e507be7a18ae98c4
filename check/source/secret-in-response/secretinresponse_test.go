package secretinresponse_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	secretinresponse "github.com/merlon-go/merlon/check/source/secret-in-response"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: secretinresponse.Rule, Analyzer: secretinresponse.Analyzer})
}
