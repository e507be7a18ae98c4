package a

import (
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/x509"

	"golang.org/x/crypto/bcrypt"
)

func check(hash, password []byte, c *x509.Certificate, g cipher.AEAD, k ed25519.PublicKey) error {
	bcrypt.CompareHashAndPassword(hash, password)     // want "error of CompareHashAndPassword"
	_ = bcrypt.CompareHashAndPassword(hash, password) // want "error of CompareHashAndPassword"
	plain, _ := g.Open(nil, hash, password, nil)      // want "error of Open"
	_ = plain
	ed25519.Verify(k, hash, password) // want "answer of Verify"
	if _, err := c.Verify(x509.VerifyOptions{}); err != nil {
		return err
	}
	return bcrypt.CompareHashAndPassword(hash, password)
}
