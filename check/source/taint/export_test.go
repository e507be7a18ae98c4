package taint

import "strings"

// Models reads the tables, which panics on a misspelt line.
func Models() int { return len(models().names) }

// Replaced tells what a replacement makes harmless.
func Replaced(expr, by string) Kind { return replaced(expr, by) }

// URLHead tells what a constant beginning settles.
func URLHead(s string) Kind { return urlHead(s) }

// Verbs splits a format.
func Verbs(format string) int { return len(parseFormat(format)) }

// SecretName reports whether a name is that of a secret.
func SecretName(name string) bool { return secretName(name) }

// PlainPath strips versions.
func PlainPath(path string) string { return plainPath(path) }

// TableLines returns what each line of the tables says: the word before the
// name, if there is one, the name, and a directive.
func TableLines() [][3]string {
	var all [][3]string
	entries(func(word, name string, says []string) {
		for _, full := range braces(name) {
			all = append(all, [3]string{strings.TrimSpace(word), full, strings.Join(says, " ")})
		}
	})
	return all
}
