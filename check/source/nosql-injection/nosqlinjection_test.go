package nosqlinjection_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	nosqlinjection "github.com/merlon-go/merlon/check/source/nosql-injection"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: nosqlinjection.Rule, Analyzer: nosqlinjection.Analyzer})
}
