// Package all lists the rules that the merlon binary ships: deleting a line
// removes what it names, and nothing is registered anywhere else. It holds no
// rule itself, and a site's own program does not need it.
//
//	report, err := check.Run(ctx, check.Options{Rules: all.Rules(), Target: target})
package all

import (
	"slices"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/advisories"
	"github.com/merlon-go/merlon/check/advisories/reach"
	"github.com/merlon-go/merlon/check/conf"
	"github.com/merlon-go/merlon/check/live"
	"github.com/merlon-go/merlon/check/repo"
	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/templates"
)

// A Config says how far rules look that can be told. The zero Config is what a
// check without flags does. It is read when the rules run, but for Source, which
// is read by [With].
type Config struct {
	Source     source.Config
	Repository repo.Config
	Advisories advisories.Config
}

// Rules returns every rule that ships, in the order of their documentation.
func Rules() []check.Rule { return With(&Config{}) }

// With returns the same rules, led by c.
func With(c *Config) []check.Rule {
	if c.Advisories.Reachable == nil {
		c.Advisories.Reachable = reach.Calls
	}
	return slices.Concat(
		conf.Rules(),
		source.Rules(Source(), c.Source),
		templates.Rules(),
		repo.Rules(&c.Repository),
		advisories.Rules(&c.Advisories),
		live.Rules(), // judged by scan; here so that explain knows them
	)
}
