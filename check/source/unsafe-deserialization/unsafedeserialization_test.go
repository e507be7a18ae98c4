package unsafedeserialization_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	unsafedeserialization "github.com/merlon-go/merlon/check/source/unsafe-deserialization"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: unsafedeserialization.Rule, Analyzer: unsafedeserialization.Analyzer})
}
