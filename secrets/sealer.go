package secrets

import (
	"crypto/aes"
	"crypto/cipher"
)

// Sealer encrypts and authenticates values with AES-256-GCM under a random
// nonce. It is safe for concurrent use. One key is good for 2^32 values (NIST
// SP 800-38D, section 8.3); change the site's key long before.
//
// A sealed value is the id of its key, a dot, and nonce, ciphertext and tag in
// base64url.
type Sealer struct {
	keys []sealKey // the primary key first
}

type sealKey struct {
	id   string
	aead cipher.AEAD
}

// Sealer returns the Sealer for purpose, such as "accounts/totp".
func (r *Ring) Sealer(purpose string) *Sealer {
	s := &Sealer{keys: make([]sealKey, len(r.keys))}
	for i, root := range r.keys {
		block, err := aes.NewCipher(root.derive("seal", purpose, 32))
		if err != nil {
			panic(err) // never: the key has 32 bytes
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			panic(err) // never: the block is AES
		}
		s.keys[i] = sealKey{id: root.id, aead: aead}
	}
	return s
}

// Seal returns plain encrypted with the primary key. Open must be given the
// same additional data, which is authenticated and not stored: the id of the
// row that the value belongs to keeps it from being moved to another row. Nil
// and empty additional data are the same.
func (s *Sealer) Seal(plain, additional []byte) string {
	k := s.keys[0]
	box := k.aead.Seal(nil, nil, plain, additional)
	text := make([]byte, 0, idLen+1+encoding.EncodedLen(len(box)))
	text = append(text, k.id...)
	text = append(text, '.')
	return string(encoding.AppendEncode(text, box))
}

// Open returns what Seal was given, or [ErrInvalid].
func (s *Sealer) Open(text string, additional []byte) ([]byte, error) {
	if len(text) > MaxText || len(text) <= idLen || text[idLen] != '.' || !onlySpelling(text) {
		return nil, ErrInvalid
	}
	for _, k := range s.keys {
		if k.id != text[:idLen] {
			continue
		}
		box, err := encoding.DecodeString(text[idLen+1:])
		if err != nil {
			return nil, ErrInvalid
		}
		plain, err := k.aead.Open(nil, nil, box, additional)
		if err != nil {
			return nil, ErrInvalid
		}
		return plain, nil
	}
	return nil, ErrInvalid
}

// Stale reports whether text names another key than the primary one, so that
// it should be opened and sealed again before that key leaves the ring.
func (s *Sealer) Stale(text string) bool {
	return len(text) <= idLen || text[:idLen] != s.keys[0].id
}

// String returns "[secret]".
func (s *Sealer) String() string { return hidden }

// GoString returns "[secret]".
func (s *Sealer) GoString() string { return hidden }
