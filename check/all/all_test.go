package all_test

import (
	"slices"
	"testing"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/all"
)

func TestRulesAreWellFormed(t *testing.T) {
	if err := check.Validate(slices.Concat(all.Rules(), check.FrameRules())); err != nil {
		t.Error(err)
	}
}
