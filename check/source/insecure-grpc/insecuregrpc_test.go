package insecuregrpc_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	insecuregrpc "github.com/merlon-go/merlon/check/source/insecure-grpc"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: insecuregrpc.Rule, Analyzer: insecuregrpc.Analyzer})
}
