package lockout

import (
	"crypto/rand"
	"strings"
	"unicode"
	"unicode/utf8"
)

// newMark makes the mark of an attempt.
func newMark() string {
	var b [8]byte
	rand.Read(b[:])
	return spell(b)
}

// markOf makes a mark of an ID.
func markOf(id ID) string { return spell([8]byte(id[:])) }

// spell writes the low five bits of each byte as a digit.
func spell(b [8]byte) string {
	for i := range b {
		b[i] = digits[b[i]&31]
	}
	return string(b[:])
}

const maxAgent = 80

// note is what the log says of an attempt, encrypted.
func (g *Guard) note(a Attempt) string {
	client := ""
	if a.Client.IsValid() {
		client = a.Client.String()
	}
	return g.notes.Seal([]byte(client+"\n"+oneLine(a.Account, 2*maxAgent)+"\n"+oneLine(a.UserAgent, maxAgent)), nil)
}

// oneLine cuts text to size bytes and takes control characters out.
func oneLine(text string, size int) string {
	if len(text) > size {
		text = text[:size]
		for len(text) > 0 && !utf8.ValidString(text[max(len(text)-4, 0):]) && size-len(text) < 4 {
			text = text[:len(text)-1]
		}
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}
