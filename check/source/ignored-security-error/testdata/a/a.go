package a

import (
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"os"
	"syscall"

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

func drop(uid int, f *os.File, key []byte) {
	syscall.Setuid(uid)     // want "error of Setuid"
	_ = syscall.Setgid(uid) // want "error of Setgid"
	os.Chmod("key", 0o600)  // want "error of Chmod"
	f.Chown(uid, uid)       // want "error of Chown"
	_ = os.Chmod("key", 0o600)
	defer os.Chmod("key", 0o400)
	rand.Read(key)
	if err := syscall.Setgroups(nil); err != nil {
		panic(err)
	}
}
