package errorinresponse_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	errorinresponse "github.com/merlon-go/merlon/check/source/error-in-response"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: errorinresponse.Rule, Analyzer: errorinresponse.Analyzer})
}
