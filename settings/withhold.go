package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var quotedWord = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// Withhold takes what a message quotes of a setting's value out of it and says
// which entry it stands in, as in "unknown directive (entry 2)": a password that
// was pasted into the wrong variable must not come out in an error.
func Withhold(message, value string) string {
	value = strings.ToLower(value)
	entries := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ';' })
	return quotedWord.ReplaceAllStringFunc(message, func(word string) string {
		inner, err := strconv.Unquote(word)
		if err != nil {
			return "(not shown)"
		}
		inner = strings.ToLower(inner)
		if inner == "" || !strings.Contains(value, inner) {
			return word
		}
		i := slices.IndexFunc(entries, func(entry string) bool { return strings.TrimSpace(entry) == inner })
		if i < 0 {
			i = slices.IndexFunc(entries, func(entry string) bool { return strings.Contains(entry, inner) })
		}
		if i < 0 {
			return "(not shown)"
		}
		return fmt.Sprintf("(entry %d)", i+1)
	})
}
