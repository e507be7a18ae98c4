package manage

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	words "github.com/merlon-go/merlon/internal/nearest"
)

// nearest returns the name that word was most likely meant to be, or "".
func nearest(word string, names []string) string {
	word = strings.ToLower(clip(word))
	for _, name := range names {
		if strings.HasPrefix(name, word) && len(word) >= 2 {
			return name
		}
	}
	return words.Of(word, names, max(len(word)/2, 1)+1)
}

func flagNames(cmd *cobra.Command) []string {
	names := []string{"help"}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}

// clip bounds a word that is shown back to its user.
func clip(word string) string { return clipTo(word, 80) }

func clipTo(text string, most int) string {
	if len(text) > most {
		text = text[:most] + "…"
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
