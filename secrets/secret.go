package secrets

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"strings"
)

// hidden is what a Secret prints as, whatever it holds.
const hidden = "[secret]"

// Secret is a value that does not show itself: under every verb of fmt, in
// slog, JSON, XML, YAML and gob it is the word "[secret]". Its bytes come out
// through [Secret.Reveal] only, a name that can be searched for.
//
// The zero Secret is empty. A Secret is immutable and safe for concurrent use.
// It cannot be compared with ==, which would not take constant time; use
// [Secret.Equal].
type Secret struct {
	// A function, because fmt prints the fields of a struct by reflection
	// where it cannot call methods (an unexported field of somebody else's
	// struct), and because dumpers that follow pointers stop here.
	reveal func() string
}

// New returns a Secret that holds value. An empty value gives the zero Secret.
func New(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{reveal: func() string { return value }}
}

// FromBytes returns a Secret that holds a copy of value.
func FromBytes(value []byte) Secret { return New(string(value)) }

// Reveal returns what s holds, "" for the zero Secret.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// IsZero reports whether s is empty.
func (s Secret) IsZero() bool { return s.reveal == nil }

// Len returns the number of bytes s holds.
func (s Secret) Len() int { return len(s.Reveal()) }

// Equal reports whether s and other hold the same bytes, in time that depends
// on their lengths at most. An empty Secret equals nothing, not even another
// empty one: a secret that was never set must not be matched by no input.
func (s Secret) Equal(other Secret) bool {
	a, b := sha256.Sum256([]byte(s.Reveal())), sha256.Sum256([]byte(other.Reveal()))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1 && !s.IsZero() && !other.IsZero()
}

// String returns "[secret]".
func (s Secret) String() string { return hidden }

// Format writes "[secret]" under every verb, padded to the width if one is given.
func (s Secret) Format(f fmt.State, _ rune) {
	text := hidden
	if width, ok := f.Width(); ok && width > len(text) && width <= 1024 {
		pad := strings.Repeat(" ", width-len(text))
		if f.Flag('-') {
			text += pad
		} else {
			text = pad + text
		}
	}
	_, _ = f.Write([]byte(text)) // fmt.State keeps no error
}

// LogValue returns "[secret]" for slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText returns "[secret]", which encoding/json, encoding/xml,
// encoding/gob and YAML and TOML encoders use. There is no way back: a Secret
// cannot be unmarshalled.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
