package manage

import (
	"slices"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/conf"
)

// rules are all that this program checks.
func (p *Program) rules() []check.Rule { return slices.Concat(conf.Rules(), p.Rules) }

// documented are all that can be explained: the rules, and what the frame of
// the check itself finds.
func (p *Program) documented() []check.Rule { return slices.Concat(p.rules(), check.FrameRules()) }
