// Package commands is the merlon binary: the command line of package manage
// with what only the binary adds. It does not serve as a library; a site's own
// program calls manage.Main.
package commands

import (
	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/all"
	"github.com/merlon-go/merlon/check/conf"
	"github.com/merlon-go/merlon/manage"
)

// App is the merlon binary. What it adds to every site's commands is listed
// here and nowhere else.
func App() manage.App {
	return manage.App{
		Name:     "merlon",
		Paths:    true,
		Rules:    beyond(all.Rules(), conf.Rules()),
		Commands: []func(*manage.Program) *cobra.Command{},
	}
}

// beyond returns the rules that are not among those that every site has.
func beyond(rules, common []check.Rule) []check.Rule {
	var more []check.Rule
	for _, r := range rules {
		if check.Find(common, r.ID) == nil {
			more = append(more, r)
		}
	}
	return more
}
