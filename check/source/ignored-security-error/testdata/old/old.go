//go:build go1.22

package old

import (
	"crypto/rand"
	"io"
)

func key() []byte {
	b := make([]byte, 32)
	rand.Read(b)                // want "error of Read"
	io.ReadFull(rand.Reader, b) // want "error of ReadFull"
	if _, err := rand.Read(b); err != nil {
		panic(err)
	}
	return b
}
