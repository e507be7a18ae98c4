package fixednonce_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	fixednonce "github.com/merlon-go/merlon/check/source/fixed-nonce"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: fixednonce.Rule, Analyzer: fixednonce.Analyzer})
}
