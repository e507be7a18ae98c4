package a

import (
	"crypto/cipher"
	"crypto/rand"
)

var iv = []byte("0123456789abcdef")

func constant(b cipher.Block, g cipher.AEAD, text []byte) {
	cipher.NewCBCEncrypter(b, iv)                                                  // want "a constant"
	cipher.NewCTR(b, []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}) // want "a constant"
	nonce := []byte("abcabcabcabc")
	g.Seal(nil, nonce, text, nil) // want "a constant"
}

func zeroed(g cipher.AEAD, text []byte) []byte {
	nonce := make([]byte, g.NonceSize())
	return g.Seal(nil, nonce, text, nil) // want "nothing is ever read"
}

func random(g cipher.AEAD, text []byte) []byte {
	nonce := make([]byte, g.NonceSize())
	rand.Read(nonce)
	return g.Seal(nonce, nonce, text, nil)
}

func given(g cipher.AEAD, nonce, text []byte) []byte { return g.Seal(nil, nonce, text, nil) }

func own(g cipher.AEAD, text []byte) []byte { return g.Seal(nil, nil, text, nil) }
