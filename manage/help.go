package manage

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpCommand is `help [COMMAND…]`. Cobra's own ends with exit code 0 for a
// command that does not exist.
func helpCommand(p *Program) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show the help of a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			at := cmd.Root()
			for _, name := range args {
				next := child(at, name)
				if next == nil {
					return usage(fmt.Sprintf("unknown command %q", clip(name)), fmt.Sprintf("run %q for the list of commands", at.CommandPath()+" --help"))
				}
				at = next
			}
			return at.Help()
		},
	}
}

func child(cmd *cobra.Command, name string) *cobra.Command {
	for _, c := range cmd.Commands() {
		if c.Name() == name || c.HasAlias(name) {
			return c
		}
	}
	return nil
}

// help writes a command's help: what it does, how it is called, examples, the
// commands below it in the order they were added, and its flags.
func (p *Program) help(cmd *cobra.Command, order []string) string {
	var b strings.Builder
	text := cmd.Long
	if text == "" {
		text = cmd.Short + "."
	}
	b.WriteString(strings.TrimSpace(text) + "\n\nUsage:\n  " + useLine(cmd) + "\n")
	if cmd.Example != "" {
		b.WriteString("\nExamples:\n" + cmd.Example + "\n")
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\nCommands:\n")
		list := cmd.Commands()
		width := 0
		for _, c := range list {
			width = max(width, len(c.Name()))
		}
		for _, c := range inOrder(list, order) {
			if c.IsAvailableCommand() || c.Name() == "help" {
				fmt.Fprintf(&b, "  %-*s  %s\n", width, c.Name(), c.Short)
			}
		}
	}
	has := false
	eachFlag(cmd, func(*pflag.Flag) { has = true })
	if has {
		b.WriteString("\nFlags:\n" + cmd.LocalFlags().FlagUsagesWrapped(helpWidth))
	}
	if cmd == cmd.Root() {
		b.WriteString("\nExit codes:\n")
		for _, row := range exitCodes {
			b.WriteString("  " + row[0] + "  " + row[1] + "\n")
		}
	}
	return b.String()
}

// helpWidth is how many columns the explanations of flags may take.
const helpWidth = 110

// useLine leaves out [flags] where there are none but --help.
func useLine(cmd *cobra.Command) string {
	line := cmd.UseLine()
	if cmd.HasAvailableSubCommands() {
		line = strings.TrimSuffix(line, " [flags]")
	}
	return line
}

// inOrder sorts commands by their place in order; the others keep theirs, which
// is that of the alphabet, behind them.
func inOrder(list []*cobra.Command, order []string) []*cobra.Command {
	var sorted []*cobra.Command
	seen := map[string]bool{}
	for _, name := range order {
		for _, c := range list {
			if c.Name() == name && !seen[name] {
				sorted, seen[name] = append(sorted, c), true
			}
		}
	}
	for _, c := range list {
		if !seen[c.Name()] {
			sorted = append(sorted, c)
		}
	}
	return sorted
}
