package openredirect_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/coarse"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	openredirect "github.com/merlon-go/merlon/check/source/open-redirect"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: openredirect.Rule, Analyzer: openredirect.Analyzer, Fallback: coarse.New(openredirect.Rule)})
}
