package pathtraversal_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	pathtraversal "github.com/merlon-go/merlon/check/source/path-traversal"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: pathtraversal.Rule, Analyzer: pathtraversal.Analyzer})
}
