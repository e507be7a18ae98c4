package secrets

import (
	"crypto/rand"
	"encoding/base64"
)

// Token returns 32 random bytes in base64url without padding, 43 characters:
// a session token, a one-time link, a nonce of any kind.
func Token() string {
	var b [32]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// generated is the alphabet and length of Generate: letters and digits only,
// so that a key needs no quotes in a shell, a .env file or YAML and never looks
// like a flag. 64 of them hold 381 bits.
const (
	generatedAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	generatedLength   = 64
)

// Generate returns a new random value for SECRET_KEY.
func Generate() string {
	const fair = 256 - 256%len(generatedAlphabet) // bytes from here on would favour some letters
	out := make([]byte, 0, generatedLength)
	for {
		var b [generatedLength]byte
		rand.Read(b[:]) // never fails since Go 1.24
		for _, c := range b {
			if int(c) >= fair {
				continue
			}
			if out = append(out, generatedAlphabet[int(c)%len(generatedAlphabet)]); len(out) == generatedLength {
				return string(out)
			}
		}
	}
}
