package a

import (
	"crypto/dsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
)

const small = 1024

func keys(bits int) {
	rsa.GenerateKey(rand.Reader, 512)   // want "512 bits"
	rsa.GenerateKey(rand.Reader, small) // want "1024 bits"
	n := 1024
	rsa.GenerateKey(rand.Reader, n) // want "1024 bits"
	rsa.GenerateKey(rand.Reader, 2048)
	rsa.GenerateKey(rand.Reader, bits)
	elliptic.P224() // want "P-224"
	elliptic.P256()
	var p dsa.Parameters
	dsa.GenerateParameters(&p, rand.Reader, dsa.L1024N160) // want "DSA"
}
