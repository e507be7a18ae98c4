package a

import (
	"crypto"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
)

func sums(text []byte) {
	_ = md5.Sum(text) // want "against accidents.*\\(info\\)"
	_ = md5.New()     // want "MD5 is broken.*\\(info\\)"
	h := sha1.New()   // want "SHA-1 is broken.*\\(info\\)"
	h.Write(text)
	_ = sha256.Sum256(text)
	_ = hmac.New(sha1.New, text) // HMAC is not broken by collisions
	_ = crypto.SHA1              // want "crypto.SHA1 is broken"
}

type userID struct{}

func (userID) of(text []byte) [16]byte { return md5.Sum(text) } // want "MD5 is broken$"

func verify(text []byte) [16]byte { return md5.Sum(text) } // want "MD5 is broken$"

func signed(text []byte) [16]byte { return md5.Sum(text) } // want "MD5 is broken \\(error\\)"

func etag(text []byte) [16]byte { return md5.Sum(text) } // want "MD5 is broken.*\\(info\\)"
