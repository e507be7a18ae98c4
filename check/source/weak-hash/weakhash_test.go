package weakhash_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"
	weakhash "github.com/merlon-go/merlon/check/source/weak-hash"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: weakhash.Rule, Analyzer: weakhash.Analyzer})
}
