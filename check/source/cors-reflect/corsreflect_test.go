package corsreflect_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	corsreflect "github.com/merlon-go/merlon/check/source/cors-reflect"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: corsreflect.Rule, Analyzer: corsreflect.Analyzer})
}
