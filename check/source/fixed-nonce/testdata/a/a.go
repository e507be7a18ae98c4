package a

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"io"
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

func wrapped(b cipher.Block, text string) cipher.Stream {
	return cipher.NewCTR(b, []byte(text)) // want "a constant"
}

func wraps(b cipher.Block) { wrapped(b, "0123456789abcdef") }

func half(b cipher.Block) {
	iv := make([]byte, 16)
	rand.Read(iv[:8])
	cipher.NewCTR(b, iv) // want "a part of the nonce"
}

func halves(b cipher.Block) {
	iv := make([]byte, 16)
	rand.Read(iv[8:])
	rand.Read(iv[:8])
	cipher.NewCTR(b, iv)
}

func counted(g cipher.AEAD, n uint32, text []byte) []byte {
	nonce := make([]byte, 12)
	binary.BigEndian.PutUint32(nonce[8:], n)
	rand.Read(nonce[:8])
	return g.Seal(nil, nonce, text, nil)
}

func made() []byte { return []byte("0123456789abcdef") }

func drawn() []byte {
	b := make([]byte, 16)
	rand.Read(b)
	return b
}

func returned(b cipher.Block) {
	cipher.NewCTR(b, made()) // want "a constant"
	cipher.NewCTR(b, drawn())
}

func prefixed(message []byte, b cipher.Block) {
	buf := make([]byte, 16+len(message))
	iv := buf[:16]
	if _, err := io.ReadFull(rand.Reader, iv); err != nil {
		return
	}
	cipher.NewCTR(b, iv).XORKeyStream(buf[16:], message)
}

// Which function is called is chosen by the loop itself.
func chosen(texts []string, wrap func(func(string) string) func(string) string) {
	f := func(s string) string { return s }
	g := f
	for _, s := range texts {
		f(s)
		if s == "" {
			f, g = g, f
		}
	}
}

func throughPointer(b cipher.Block) {
	buffer := make([]byte, 16)
	p := &buffer
	cipher.NewCTR(b, *p) // want "nothing is ever read"
}

func filledThroughPointer(b cipher.Block) {
	buffer := make([]byte, 16)
	p := &buffer
	rand.Read(*p)
	cipher.NewCTR(b, *p)
}

func pointerPassedOn(b cipher.Block, fill func(*[]byte)) {
	buffer := make([]byte, 16)
	fill(&buffer)
	cipher.NewCTR(b, buffer)
}

func empty(b cipher.Block, text []byte) {
	g, _ := cipher.NewGCM(b)
	g.Seal(nil, []byte{}, text, nil) // want "the nonce is empty"
	g.Seal(nil, nil, text, nil)      // want "the nonce is empty"
	own, _ := cipher.NewGCMWithRandomNonce(b)
	own.Seal(nil, nil, text, nil)
}

// Whoever calls has filled it, or not.

func byPointer(b cipher.Block, nonce *[16]byte) { cipher.NewCTR(b, nonce[:]) }

func drawnWhole() *[16]byte {
	var nonce [16]byte
	rand.Read(nonce[:])
	return &nonce
}

func callsByPointer(b cipher.Block) { byPointer(b, drawnWhole()) }

func badByPointer(b cipher.Block, nonce *[16]byte) { cipher.NewCTR(b, nonce[:]) } // want "nonce"

func callsBadByPointer(b cipher.Block) { badByPointer(b, new([16]byte)) }

func Leading(b cipher.Block, message []byte) { cipher.NewCTR(b, message[:16]) }
