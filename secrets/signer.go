package secrets

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// MaxText is the length in bytes above which Verify and Open refuse a text
// unread. Sign and Seal are for values well below it.
const MaxText = 1 << 20

// clockSkew is how far ahead of our clock another node's may be.
const clockSkew = 60 * time.Second

var (
	// ErrInvalid says that a text was not made by this ring for this purpose,
	// or was changed, or comes from the future.
	ErrInvalid = errors.New("secrets: invalid or altered text")
	// ErrExpired says that a text is genuine and too old.
	ErrExpired = errors.New("secrets: expired text")
)

// Signer signs values together with the time. Whoever holds a signed value can
// read it. It is safe for concurrent use.
//
// A signed value has four parts with dots between them: the id of the key, the
// seconds since 1970 in base 36, the value and the MAC, both in base64url. It
// fits into a URL, a cookie and a form field as it is.
type Signer struct {
	mac *MAC
}

// Signer returns the Signer for purpose, such as "accounts/verify-email".
func (r *Ring) Signer(purpose string) *Signer {
	return &Signer{mac: r.mac("sign", purpose)}
}

// Sign returns value signed at now, to the second.
func (s *Signer) Sign(value string, now time.Time) string {
	key := s.mac.keys[0]
	at := strconv.FormatInt(now.Unix(), 36)
	text := make([]byte, 0, idLen+len(at)+encoding.EncodedLen(len(value))+encoding.EncodedLen(macSize)+3)
	text = append(text, key.id...)
	text = append(text, '.')
	text = append(text, at...)
	text = append(text, '.')
	text = encoding.AppendEncode(text, []byte(value))
	var tag [macSize]byte
	sum(key, tag[:0], [][]byte{text})
	text = append(text, '.')
	return string(encoding.AppendEncode(text, tag[:]))
}

// Verify returns the value that Sign was given. It returns [ErrExpired] if the
// text is genuine and older than maxAge, or if maxAge is zero or less, and
// [ErrInvalid] in every other case, a time more than a minute ahead of now
// included. Nothing is decoded before the MAC is right.
func (s *Signer) Verify(token string, maxAge time.Duration, now time.Time) (string, error) {
	if len(token) > MaxText || !onlySpelling(token) {
		return "", ErrInvalid
	}
	last := strings.LastIndexByte(token, '.')
	if last < idLen+1 || token[idLen] != '.' {
		return "", ErrInvalid
	}
	var space [64]byte
	tag, err := encoding.AppendDecode(space[:0], []byte(token[last+1:]))
	if err != nil || len(tag) != macSize || !s.genuine(token[:idLen], tag, token[:last]) {
		return "", ErrInvalid
	}
	at, text, ok := strings.Cut(token[idLen+1:last], ".")
	seconds, err := strconv.ParseInt(at, 36, 64)
	value, err2 := encoding.DecodeString(text)
	if !ok || err != nil || err2 != nil {
		return "", ErrInvalid // never: we signed it
	}
	age := now.Sub(time.Unix(seconds, 0))
	switch {
	case age < -clockSkew:
		return "", ErrInvalid
	case maxAge <= 0 || age > maxAge:
		return "", ErrExpired
	}
	return string(value), nil
}

func (s *Signer) genuine(id string, tag []byte, text string) bool {
	for _, k := range s.mac.keys {
		if k.id == id && equal(k, tag, [][]byte{[]byte(text)}) {
			return true
		}
	}
	return false
}

// String returns "[secret]".
func (s *Signer) String() string { return hidden }

// GoString returns "[secret]".
func (s *Signer) GoString() string { return hidden }
