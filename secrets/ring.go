package secrets

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// maxKeys bounds the work that an unknown MAC can cause.
const maxKeys = 16

// idLen is the length of a key's id: 6 bytes in base64url.
const idLen = 8

// encoding is base64url without padding. Strict, so that a changed last bit is
// noticed.
var encoding = base64.RawURLEncoding.Strict()

// onlySpelling reports whether text can be the only spelling of what it holds:
// encoding/base64 skips line ends, even where it is strict.
func onlySpelling(text string) bool { return !strings.ContainsAny(text, "\r\n") }

// Ring is the site's key with the older ones that it replaced: the primary key
// makes every new value, the fallbacks only verify and open what they once
// made. A Ring is immutable and safe for concurrent use.
type Ring struct {
	keys []rootKey // the primary key first
}

// rootKey is a secret after HKDF's extraction, from which purpose keys are expanded.
type rootKey struct {
	id   string
	root Secret // so that a printed Ring shows nothing
}

// NewRing returns a ring that signs with primary and also verifies with
// fallbacks. An empty key is an error, and so are more than 16 keys; a key
// given twice counts once. It does not judge the strength of a key:
// [Weakness] does.
func NewRing(primary Secret, fallbacks ...Secret) (*Ring, error) {
	if primary.IsZero() {
		return nil, errors.New("secrets: empty primary key")
	}
	if len(fallbacks) >= maxKeys {
		return nil, fmt.Errorf("secrets: %d fallback keys, at most %d are allowed", len(fallbacks), maxKeys-1)
	}
	r := new(Ring)
	if err := r.add(primary); err != nil {
		return nil, err
	}
	for i, s := range fallbacks {
		if s.IsZero() {
			return nil, fmt.Errorf("secrets: empty fallback key %d", i+1)
		}
		if err := r.add(s); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Ring) add(s Secret) error {
	root, err := hkdf.Extract(sha256.New, []byte(s.Reveal()), []byte("merlon/v1"))
	if err != nil {
		return fmt.Errorf("secrets: extracting a key: %w", err)
	}
	k := rootKey{root: FromBytes(root)}
	k.id = base64.RawURLEncoding.EncodeToString(k.derive("id", "", 6))
	for _, have := range r.keys {
		if have.id == k.id {
			return nil
		}
	}
	r.keys = append(r.keys, k)
	return nil
}

// derive expands the key for one kind of use and one purpose. The length of
// kind is written down, so that no two pairs share an expansion.
func (k rootKey) derive(kind, purpose string, size int) []byte {
	info := string(rune(len(kind))) + kind + purpose
	key, err := hkdf.Expand(sha256.New, []byte(k.root.Reveal()), info, size)
	if err != nil {
		panic(err) // sizes are constants far below HKDF's limit
	}
	return key
}

// KeyIDs returns the ids of the ring's keys, the primary key's first. They are
// safe to show.
func (r *Ring) KeyIDs() []string {
	ids := make([]string, len(r.keys))
	for i, k := range r.keys {
		ids[i] = k.id
	}
	return ids
}

// String returns "[secret]".
func (r *Ring) String() string { return hidden }

// GoString returns "[secret]".
func (r *Ring) GoString() string { return hidden }
