package manage

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/check"
)

type explainOptions struct {
	out    io.Writer
	rules  []check.Rule
	id     string
	list   bool
	format string
}

func newExplain(p *Program, run func(context.Context, *explainOptions) error) *cobra.Command {
	o := &explainOptions{out: p.Env.Stdout, rules: p.documented()}
	cmd := &cobra.Command{
		Use:     "explain ID",
		Short:   "Explain a check: why it matters, what to do, which standard asks for it",
		Example: "  " + p.Name + " explain hsts-missing\n  " + p.Name + " explain --list",
		Args: func(cmd *cobra.Command, args []string) error {
			if o.list {
				return arguments()(cmd, args)
			}
			return arguments("ID")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if !o.list {
				o.id = args[0]
			}
			return run(cmd.Context(), o)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			for _, r := range o.rules {
				ids = append(ids, r.ID+"\t"+r.Title)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().BoolVar(&o.list, "list", false, "list the ids of all checks")
	formatFlag(cmd, &o.format, "text", "json", "markdown")
	return cmd
}

func explain(_ context.Context, o *explainOptions) error {
	if o.list {
		return listRules(o)
	}
	rule := check.Find(o.rules, o.id)
	if rule == nil {
		hint := "\"explain --list\" lists all checks"
		if near := check.Nearest(o.id, o.rules); near != "" {
			hint = "did you mean " + near + "?"
		}
		return usage(fmt.Sprintf("no check has the id %q", clip(o.id)), hint)
	}
	var err error
	switch o.format {
	case "json":
		err = writeJSON(o.out, ruleInfo(rule))
	case "markdown":
		_, err = io.WriteString(o.out, check.Markdown(rule))
	default:
		_, err = io.WriteString(o.out, check.Explain(rule, 80))
	}
	return err
}

func listRules(o *explainOptions) error {
	if o.format == "json" {
		all := []ruleJSON{}
		for i := range o.rules {
			all = append(all, ruleInfo(&o.rules[i]))
		}
		return writeJSON(o.out, all)
	}
	width := 0
	for _, r := range o.rules {
		width = max(width, len(r.ID))
	}
	for _, r := range o.rules {
		if _, err := fmt.Fprintf(o.out, "%-*s  %-8s  %s\n", width, r.ID, r.Level, r.Title); err != nil {
			return err
		}
	}
	return nil
}

// ruleJSON is what `explain --format json` shows.
type ruleJSON struct {
	ID         string      `json:"id"`
	Title      string      `json:"title"`
	Level      check.Level `json:"level"`
	Tags       []string    `json:"tags"`
	Deploy     bool        `json:"deploy"`
	Why        string      `json:"why"`
	Fix        string      `json:"fix"`
	More       string      `json:"more,omitempty"`
	CWE        []int       `json:"cwe,omitempty"`
	ASVS       []string    `json:"asvs,omitempty"`
	OWASP      string      `json:"owasp,omitempty"`
	Django     string      `json:"django,omitempty"`
	References []string    `json:"references,omitempty"`
}

func ruleInfo(r *check.Rule) ruleJSON {
	return ruleJSON{r.ID, r.Title, r.Level, r.Tags, r.Deploy, r.Why, r.Fix, r.More, r.CWE, r.ASVS, r.OWASP, r.Django, r.References}
}
