package passwords

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxAbout bounds, in bytes, what is compared with a password.
const maxAbout = 512

func clip(s string) string {
	if len(s) > maxAbout {
		s = s[:maxAbout]
	}
	return s
}

// similar is Django's UserAttributeSimilarityValidator for one attribute, both
// texts in lower case: the password is compared with the attribute and with
// its parts between characters that do not belong to words.
func similar(password, attribute string, limit float64) bool {
	if attribute == "" {
		return false
	}
	var counts runeCounts
	counts.add(password)
	length := utf8.RuneCountInString(password)
	alike := func(part string) bool {
		n := utf8.RuneCountInString(part)
		// A part so much shorter cannot reach the limit; Django says so too.
		if length >= 10*n && float64(n) < limit/2*float64(length) {
			return false
		}
		return counts.ratio(length, part, n) >= limit
	}
	for _, part := range strings.FieldsFunc(attribute, notWord) {
		if alike(part) {
			return true
		}
	}
	return alike(attribute)
}

// notWord is Python's \W: letters, numbers of every kind and the underscore
// belong to words.
func notWord(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_'
}

// runeCounts counts characters.
type runeCounts map[rune]int

func (c *runeCounts) add(s string) {
	*c = make(runeCounts, len(s))
	for _, r := range s {
		(*c)[r]++
	}
}

// ratio is difflib's quick_ratio: twice the size of the multiset of characters
// that both texts have, over the sum of their lengths. It is blind to order,
// so that an anagram counts as equal.
func (c runeCounts) ratio(length int, other string, n int) float64 {
	used := make(map[rune]int, n) //merlon:ignore allocation-size -- clip has cut what is compared
	shared := 0
	for _, r := range other {
		if used[r]++; used[r] <= c[r] {
			shared++
		}
	}
	if length+n == 0 {
		return 1
	}
	return 2 * float64(shared) / float64(length+n)
}

// contextWords splits words such as "Example Shop" or "shop.example.com" into
// what may stand in a password, longest first is not needed: parts and wholes.
func contextWords(context []string) []string {
	var words []string
	seen := make(map[string]bool)
	add := func(word string) {
		if utf8.RuneCountInString(word) >= 3 && !seen[word] {
			seen[word] = true
			words = append(words, word)
		}
	}
	for _, c := range context {
		c = strings.ToLower(strings.TrimSpace(clip(c)))
		add(c)
		parts := strings.FieldsFunc(c, notWord)
		add(strings.Join(parts, ""))
		for _, part := range parts {
			add(part)
		}
	}
	return words
}

// madeOf reports whether little is left of password without words: fewer than
// 4 letters between the first and the last.
func madeOf(password string, words []string) bool {
	rest, found := password, false
	for _, word := range words {
		if strings.Contains(rest, word) {
			found = true
			rest = strings.ReplaceAll(rest, word, " ")
		}
	}
	if !found {
		return false
	}
	letters := 0
	for _, r := range rest {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters < 4
}
