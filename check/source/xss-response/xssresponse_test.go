package xssresponse_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	xssresponse "github.com/merlon-go/merlon/check/source/xss-response"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: xssresponse.Rule, Analyzer: xssresponse.Analyzer})
}
