package a

import (
	"crypto/rand"
	"crypto/rsa"
)

func encrypt(k *rsa.PublicKey, text []byte) ([]byte, error) {
	return rsa.EncryptPKCS1v15(rand.Reader, k, text) // want "EncryptPKCS1v15 uses a padding"
}
