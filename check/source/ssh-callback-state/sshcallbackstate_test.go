package sshcallbackstate_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"
	sshcallbackstate "github.com/merlon-go/merlon/check/source/ssh-callback-state"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: sshcallbackstate.Rule, Analyzer: sshcallbackstate.Analyzer})
}
