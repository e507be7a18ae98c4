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

// known are the ids of all other rules: where only those of package conf run,
// silencing one of the others is no mistake.
func (p *Program) known() []string {
	known := slices.Clone(p.Known)
	for _, r := range p.Rules {
		known = append(known, r.ID)
	}
	return known
}
