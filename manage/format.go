package manage

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// formatFlag adds --format with the names given, the first being the default.
func formatFlag(cmd *cobra.Command, into *string, names ...string) {
	*into = names[0]
	cmd.Flags().Var(&choice{into, names}, "format", "how to write the result, as `FORMAT`: "+strings.Join(names, ", "))
	// The function never fails: the flag was added in the line above.
	_ = cmd.RegisterFlagCompletionFunc("format", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return names, cobra.ShellCompDirectiveNoFileComp
	})
}

// choice is a flag that takes one of several words.
type choice struct {
	value *string
	names []string
}

func (c *choice) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

func (c *choice) Type() string { return strings.Join(c.names, "|") }

func (c *choice) Set(text string) error {
	if !slices.Contains(c.names, text) {
		return errors.New("must be one of " + strings.Join(c.names, ", "))
	}
	*c.value = text
	return nil
}
