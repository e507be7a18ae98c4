package unsafeuse_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"
	unsafeuse "github.com/merlon-go/merlon/check/source/unsafe-use"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: unsafeuse.Rule, Analyzer: unsafeuse.Analyzer})
}
