package manage

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

type manOptions struct {
	root   *cobra.Command
	out    io.Writer
	format string
}

func newMan(p *Program, run func(context.Context, *manOptions) error) *cobra.Command {
	o := &manOptions{out: p.Env.Stdout}
	cmd := &cobra.Command{
		Use:     "man",
		Short:   "Print the manual page of all commands",
		Example: "  " + p.Name + " man > /usr/local/share/man/man1/" + p.Name + ".1",
		Args:    arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.root = cmd.Root()
			return run(cmd.Context(), o)
		},
	}
	formatFlag(cmd, &o.format, "roff", "markdown")
	return cmd
}

func man(_ context.Context, o *manOptions) error {
	var b strings.Builder
	if o.format == "markdown" {
		markdownPage(&b, o.root)
	} else {
		roffPage(&b, o.root)
	}
	_, err := io.WriteString(o.out, b.String())
	return err
}

// walk visits the commands that a person can use, parents first.
func walk(cmd *cobra.Command, visit func(*cobra.Command)) {
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() && c.Name() != "help" && c.Name() != "completion" {
			visit(c)
			walk(c, visit)
		}
	}
}

// exitCodes is the table that every page ends with.
var exitCodes = [][2]string{
	{"0", "fine"},
	{"1", "it failed, or a check could not judge everything"},
	{"2", "wrong command, flag or argument"},
	{"3", "a check found something at or above the fail level"},
	{"4", "not allowed"},
}

func roffPage(b *strings.Builder, root *cobra.Command) {
	name := root.Name()
	b.WriteString(".TH " + strings.ToUpper(name) + " 1\n.SH NAME\n" + roff(name) + " \\- " + roff(root.Short) + "\n.SH SYNOPSIS\n.B " + roff(name) + "\n.I COMMAND\n.SH COMMANDS\n")
	walk(root, func(c *cobra.Command) {
		b.WriteString(".SS " + roff(c.UseLine()) + "\n" + roff(describe(c)) + "\n")
		eachFlag(c, func(f *pflag.Flag) {
			b.WriteString(".TP\n.B " + roff(flagText(f)) + "\n" + roff(usageText(f)) + "\n")
		})
	})
	b.WriteString(".SH EXIT STATUS\n")
	for _, row := range exitCodes {
		b.WriteString(".TP\n.B " + row[0] + "\n" + roff(row[1]) + "\n")
	}
}

// roff escapes text for troff, and keeps a line from being taken for a request.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			line = `\&` + line
		}
		if line == "" {
			line = ".PP"
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

func markdownPage(b *strings.Builder, root *cobra.Command) {
	walk(root, func(c *cobra.Command) {
		if c.HasAvailableSubCommands() {
			return
		}
		b.WriteString("## `" + c.CommandPath() + "`\n\n```\n" + c.UseLine() + "\n```\n\n" + describe(c) + "\n")
		if c.Example != "" {
			b.WriteString("\n```sh\n" + strings.ReplaceAll(strings.TrimPrefix(c.Example, "  "), "\n  ", "\n") + "\n```\n")
		}
		first := true
		eachFlag(c, func(f *pflag.Flag) {
			if first {
				b.WriteString("\n| flag | default | |\n|---|---|---|\n")
				first = false
			}
			def := f.DefValue
			if def == "" || def == "[]" || def == "false" {
				def = "–"
			} else {
				def = "`" + def + "`"
			}
			b.WriteString("| `" + flagText(f) + "` | " + def + " | " + strings.ReplaceAll(usageText(f), "|", `\|`) + " |\n")
		})
		b.WriteByte('\n')
	})
}

func describe(c *cobra.Command) string {
	text := c.Long
	if text == "" {
		text = c.Short
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

func eachFlag(c *cobra.Command, visit func(*pflag.Flag)) {
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden && f.Name != "help" {
			visit(f)
		}
	})
}

func flagText(f *pflag.Flag) string {
	text := "--" + f.Name
	if f.Shorthand != "" {
		text = "-" + f.Shorthand + ", " + text
	}
	if value, _ := pflag.UnquoteUsage(f); value != "" {
		text += " " + value
	}
	return text
}

// usageText is the flag's explanation without the marks around its value.
func usageText(f *pflag.Flag) string { return strings.ReplaceAll(f.Usage, "`", "") }
