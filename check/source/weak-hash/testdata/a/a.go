package a

import (
	"crypto"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
)

func sums(text []byte) {
	_ = md5.Sum(text) // want "MD5 is broken"
	_ = md5.New()     // want "MD5 is broken"
	h := sha1.New()   // want "SHA-1 is broken"
	h.Write(text)
	_ = sha256.Sum256(text)
	_ = hmac.New(sha1.New, text) // HMAC is not broken by collisions
	_ = crypto.SHA1              // want "crypto.SHA1 is broken"
}
