package a

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"io"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/pbkdf2"
	"golang.org/x/crypto/scrypt"
)

type user struct{ Password string }

func hashes(password string, u user, salt []byte) {
	_ = md5.Sum([]byte(password))         // want "a password is hashed by md5.Sum"
	_ = sha256.Sum256([]byte(u.Password)) // want "a password is hashed"
	h := sha512.New()
	h.Write([]byte(password)) // want "a password is hashed by sha512.New"
	g := sha256.New()
	io.WriteString(g, password+"salt") // want "a password is hashed"
	_ = sha256.Sum256(salt)
	_, _ = bcrypt.GenerateFromPassword([]byte(password), 4)              // want "bcrypt with cost 4"
	_, _ = bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost) // want "bcrypt with cost 4"
	_, _ = bcrypt.GenerateFromPassword([]byte(password), bcrypt.DefaultCost)
	pbkdf2.Key([]byte(password), salt, 4096, 32, sha256.New) // want "PBKDF2 with 4096 rounds"
	scrypt.Key([]byte(password), salt, 1024, 8, 1, 32)       // want "scrypt with N=1024"
	argon2.IDKey([]byte(password), salt, 1, 64*1024, 4, 32)
	argon2.IDKey([]byte(password), salt, 1, 1024, 4, 32) // want "argon2 with 1024 KiB"
}

func hashPassword(p string) [32]byte { return sha256.Sum256([]byte(p)) } // want "hashPassword hashes by sha256.Sum256"

func pwnedPassword(p string) [20]byte { return sha1.Sum([]byte(p)) }
