package passwords

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:generate go run gencommon.go -in passwords.json -out common.txt.gz

// commonData is the list of common passwords: lower case, sorted, one a line.
// See common.LICENSE for its source.
//
//go:embed common.txt.gz
var commonData []byte

// commonList is the unpacked list. A search by halves needs no index: 0.4 MB
// and about 16 comparisons.
type commonList string

func loadCommon() (commonList, error) {
	r, err := gzip.NewReader(bytes.NewReader(commonData))
	if err != nil {
		return "", fmt.Errorf("passwords: unpacking the list of common passwords: %w", err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return "", fmt.Errorf("passwords: unpacking the list of common passwords: %w", err)
	}
	return commonList(text), nil
}

// has reports whether word is a line of the list.
func (l commonList) has(word string) bool {
	if word == "" || strings.Contains(word, "\n") {
		return false
	}
	lo, hi := 0, len(l) // both at the start of a line
	for lo < hi {
		mid := (lo + hi) / 2
		start := strings.LastIndexByte(string(l[lo:mid]), '\n') + 1 + lo
		end := start + strings.IndexByte(string(l[start:]), '\n')
		switch line := string(l[start:end]); {
		case line == word:
			return true
		case line < word:
			lo = end + 1
		default:
			hi = start
		}
	}
	return false
}

// runs are the walks over alphabet and keyboard that people take for long
// passwords. Each is searched in both directions.
var runs = [...]string{
	"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
	"01234567890123456789012345678901234567890123456789",
	"qwertyuiopasdfghjklzxcvbnmqwertyuiopasdfghjklzxcvbnm",
	"qwertzuiopasdfghjklyxcvbnmqwertzuiopasdfghjklyxcvbnm",
	"azertyuiopqsdfghjklmwxcvbnazertyuiopqsdfghjklmwxcvbn",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/1qaz2wsx3edc4rfv",
	"1q2w3e4r5t6y7u8i9o0p1q2w3e4r5t6y7u8i9o0p",
	"abc123def456ghi789jkl",
}

// isCommon reports whether lower, a password in lower case, is on the list as
// Django looks it up (trimmed), or is only a longer spelling of something that
// is: a repetition of a short or listed text, a walk over the keyboard, or a
// listed password with digits and signs at its ends.
func (p *Policy) isCommon(lower string) bool {
	s := strings.TrimSpace(lower)
	if p.common.has(s) {
		return true
	}
	unit := period(s)
	if len(unit) < len(s) && (utf8.RuneCountInString(unit) < 8 || p.common.has(unit)) {
		return true
	}
	if len(s) >= 4 && walk(s) {
		return true
	}
	core := strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	return len(s)-len(core) > 0 && p.common.has(core)
}

// period returns the shortest text that s is a repetition of, s itself if none:
// the border table of Knuth, Morris and Pratt. The last repetition may be cut.
func period(s string) string {
	if s == "" {
		return s
	}
	border := make([]int, len(s))
	for i := 1; i < len(s); i++ {
		k := border[i-1]
		for k > 0 && s[i] != s[k] {
			k = border[k-1]
		}
		if s[i] == s[k] {
			k++
		}
		border[i] = k
	}
	n := len(s) - border[len(s)-1]
	if n > len(s)/2 {
		return s
	}
	return s[:n]
}

func walk(s string) bool {
	back := reverse(s)
	for _, run := range runs {
		if strings.Contains(run, s) || strings.Contains(run, back) {
			return true
		}
	}
	return false
}

func reverse(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}
