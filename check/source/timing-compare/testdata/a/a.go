package a

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"go/token"
)

type config struct{ APIKey, TokenType string }

func check(c config, given, password, stored string, sig []byte, message []byte) bool {
	if given == c.APIKey { // want "APIKey is compared by =="
		return true
	}
	if password != stored { // want "password is compared by !="
		return false
	}
	if password == "" || c.TokenType == given {
		return false
	}
	h := hmac.New(sha256.New, message)
	sum := h.Sum(nil)
	if bytes.Equal(sum, message) { // want "authentication code is compared"
		return true
	}
	if hmac.Equal(sum, sig) {
		return true
	}
	return bytes.Equal(sig, message) // want "sig is compared by bytes.Equal"
}

func twice(password, passwordConfirm string) bool { return password == passwordConfirm }

func lex(tok token.Token) bool { return tok == token.ADD }

func normal(s string) string { return s }

func same(password, current, user string) bool {
	n := normal(password)
	return n == password || password == current || password == user
}

type gui struct{ Password, SecretNamespace string }

func changes(from, to, given gui, namespace string) bool {
	return from.Password != to.Password || given.SecretNamespace == namespace ||
		from.Password == given.Password // want "Password is compared"
}
