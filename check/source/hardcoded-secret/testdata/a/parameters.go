package a

import "crypto/sha256"

type tokenMaker struct{ secret []byte }

func newTokenMaker(secret string) *tokenMaker { return &tokenMaker{[]byte(secret)} }

func jwtInit(secret string) {}

func logIn(user, password string) bool { return user != "" && password != "" }

func findPart(token, passwordField string) {}

func hashOf(password []byte) [32]byte { return sha256.Sum256(password) }

var tokenSigningKey = []byte("shared_key_of_all") // want "tokenSigningKey has its value"

var sigKey = []byte("shared_key_of_all") // want "sigKey has its value"

var translations = map[string]string{
	"can not match the old password": "altes-Kennwort-passt-nicht",
}

func givenDirectly(given string) {
	newTokenMaker("k8Xq0ZpW2vLm5RtY") // want "secret has its value"
	newTokenMaker(given)
	jwtInit("123") // want "secret has its value"
	jwtInit("")
	logIn("bob", "Wonderland7") // want "password has its value"
	logIn("bob", "password")
	findPart("begin-2", "pass_word2")
	hashOf([]byte("S3cret-pass")) // want "password has its value"
}
