// Package commands is the merlon binary: the command line of package manage
// with what only the binary adds. It does not serve as a library; a site's own
// program calls manage.Main.
package commands

import (
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/advisories"
	"github.com/merlon-go/merlon/check/all"
	"github.com/merlon-go/merlon/check/conf"
	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/manage"
)

// App is the merlon binary. What it adds to every site's commands is listed
// here and nowhere else.
func App() manage.App {
	c := &all.Config{Source: source.Config{Around: collectOften}}
	return manage.App{
		Name:       "merlon",
		Paths:      true,
		Rules:      beyond(all.With(c), conf.Rules()),
		CheckFlags: func(f *pflag.FlagSet) { checkFlags(f, c) },
		Commands: []func(*manage.Program) *cobra.Command{
			func(p *manage.Program) *cobra.Command { return newScan(p, scan) },
		},
	}
}

// collectOften lets the collector run when half of what is live has become
// garbage: packages are loaded and dropped one after the other, and a third of
// the memory is worth some time. It returns what undoes it. Whoever has asked
// for less garbage, or for none to be collected, is obeyed.
func collectOften() func() {
	const percent = 50
	before := debug.SetGCPercent(percent)
	if before < percent {
		debug.SetGCPercent(before)
	}
	return func() { debug.SetGCPercent(before) }
}

// checkFlags are those of the rules about repository and dependencies.
func checkFlags(f *pflag.FlagSet, c *all.Config) {
	f.BoolVar(&c.Repository.History, "history", false, "look for secrets in the whole history too")
	f.StringVar(&c.Repository.Since, "since", "", "with --history, read only what was committed after `DATE`")
	f.DurationVar(&c.Repository.HistoryTime, "history-time", 10*time.Minute, "how long the history may be read")
	f.StringVar(&c.Advisories.Source, "advisories", "", "take known vulnerabilities from `DIR|URL` and not from "+advisories.DefaultSource)
	f.BoolVar(&c.Advisories.NoNetwork, "no-network", false, "ask nothing over the network: use what the cache holds")
	f.BoolVar(&c.Advisories.CallsOnly, "reachable", false, "judge known vulnerabilities by what the program really calls")
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
