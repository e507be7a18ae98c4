// Package all lists the rules that the merlon binary ships: deleting a line
// removes what it names, and nothing is registered anywhere else. It holds no
// rule itself, and a site's own program does not need it.
//
//	report, err := check.Run(ctx, check.Options{Rules: all.Rules(), Target: target})
package all

import (
	"slices"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/conf"
	"github.com/merlon-go/merlon/check/source"
)

// Rules returns every rule that ships, in the order of their documentation.
func Rules() []check.Rule {
	return slices.Concat(
		conf.Rules(),
		source.Rules(Source(), source.Config{}),
	)
}
