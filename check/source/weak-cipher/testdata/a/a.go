package a

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/hmac"
	"crypto/rc4"
	"crypto/sha256"
)

func old(key []byte) {
	_, _ = des.NewCipher(key)          // want "DES is broken"
	_, _ = des.NewTripleDESCipher(key) // want "Triple DES is broken"
	_, _ = rc4.NewCipher(key)          // want "RC4 is broken"
}

func ecb(key, text []byte) {
	b, _ := aes.NewCipher(key)
	for len(text) > 0 {
		b.Encrypt(text, text) // want "ECB"
		text = text[16:]
	}
}

func cbc(key, iv, text []byte) {
	b, _ := aes.NewCipher(key)
	cipher.NewCBCEncrypter(b, iv).CryptBlocks(text, text) // want "CBC does not notice"
}

func cbcMAC(key, iv, text []byte) []byte {
	b, _ := aes.NewCipher(key)
	cipher.NewCBCEncrypter(b, iv).CryptBlocks(text, text)
	h := hmac.New(sha256.New, key)
	h.Write(text)
	return h.Sum(nil)
}

func good(key []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}
