package a

import (
	"crypto/rand"
	mrand "math/rand"
	newer "math/rand/v2"
	"time"
)

const letters = "abcdef"

func newToken() string {
	b := make([]byte, 16)
	for i := range b {
		b[i] = letters[mrand.Intn(len(letters))] // want "newToken draws from math/rand"
	}
	return string(b)
}

func reset() int {
	otp := rand2()             // not followed
	sessionID := mrand.Int63() // want "sessionID is drawn from math/rand"
	_ = sessionID
	r := mrand.New(mrand.NewSource(time.Now().UnixNano()))
	password := r.Intn(1000) // want "password is drawn"
	return otp + password
}

func rand2() int { return 4 }

func wait() {
	jitter := mrand.Intn(100)
	time.Sleep(time.Duration(jitter))
	retryKey := mrand.Intn(5)
	_ = retryKey
}

func pick(list []string) string { return list[mrand.Intn(len(list))] } // want "can be foretold"

func good() string { return rand.Text() }

var apiKey = newer.Uint64() // want "apiKey is drawn"

func saveState() {
	time.Sleep(time.Duration(mrand.Intn(100)) * time.Millisecond)
}

func replaceKey() bool { return mrand.Intn(100) < 90 }

func useKey(keys []string) string {
	key := keys[mrand.Intn(len(keys))]
	return key
}

func newKey(letters string) byte {
	return letters[mrand.Intn(len(letters))] // want "newKey draws"
}
