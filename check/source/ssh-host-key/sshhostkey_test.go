package sshhostkey_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"
	sshhostkey "github.com/merlon-go/merlon/check/source/ssh-host-key"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: sshhostkey.Rule, Analyzer: sshhostkey.Analyzer})
}
