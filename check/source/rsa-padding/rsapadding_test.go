package rsapadding_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	rsapadding "github.com/merlon-go/merlon/check/source/rsa-padding"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: rsapadding.Rule, Analyzer: rsapadding.Analyzer})
}
