package passwords

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/scrypt"
)

// Bounds of imported hashes, each about one second of one processor.
const (
	maxIterations = 5_000_000 // PBKDF2; Django 6.1 writes 1 500 000
	maxScryptMem  = 128 << 20 // bytes: 128 × N × r
	maxScryptWork = 1 << 21   // N × r × p; OWASP's 2^17, 8, 1 is half
	maxBcrypt     = 14
)

var (
	errCost   = errors.New("cost beyond bounds")
	errScheme = errors.New("unknown scheme")
)

// stored is an encoded hash after parsing, within bounds, not yet computed.
type stored struct {
	scheme string
	memory uint32 // KiB that one check takes
	phc    *phc   // this package's own form; nil for an imported one

	// Of imported hashes: match compares exact bytes; cost is the work of one
	// check in a unit of the scheme, and spend does that much of it.
	match func(password string) bool
	cost  uint64
	spend func(cost uint64)
}

// parseImported parses what follows the scheme's name and a dollar sign.
func parseImported(scheme, rest string) (*stored, error) {
	switch scheme {
	case "pbkdf2_sha256":
		return parsePBKDF2(rest, sha256.New, sha256.Size)
	case "pbkdf2_sha1":
		return parsePBKDF2(rest, sha1.New, sha1.Size)
	case "argon2":
		return parseDjangoArgon2(rest)
	case "scrypt":
		return parseScrypt(rest)
	case "bcrypt_sha256", "bcrypt":
		return parseBcrypt(rest, scheme == "bcrypt_sha256")
	}
	return nil, errScheme
}

// parse recognises an encoded hash. Every error wraps ErrUnsupported.
func parse(encoded string) (*stored, error) {
	if len(encoded) > maxEncoded {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrUnsupported, maxEncoded)
	}
	scheme, rest, _ := strings.Cut(encoded, "$")
	var s *stored
	var err error
	switch {
	case encoded == "" || encoded[0] == '!':
		return nil, fmt.Errorf("%w: unusable password", ErrUnsupported)
	case strings.HasPrefix(encoded, "$argon2id$"):
		s, err = parseOwn(encoded)
		scheme = "argon2id"
	case strings.HasPrefix(encoded, "$2"):
		s, err = parseBcrypt(encoded, false)
		scheme = "bcrypt"
	default:
		s, err = parseImported(scheme, rest)
	}
	if err == errScheme {
		return nil, fmt.Errorf("%w: unknown scheme", ErrUnsupported) // its name may be part of a secret
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", ErrUnsupported, scheme, err)
	}
	s.scheme = scheme
	return s, nil
}

func parseOwn(encoded string) (*stored, error) {
	p, err := parsePHC(encoded)
	if err != nil {
		return nil, err
	}
	return &stored{memory: p.Memory, phc: p, cost: p.cost(), spend: p.Params.spend}, nil
}

// parseDjangoArgon2 parses what follows "argon2" in Django's form: a PHC string
// without its first dollar sign. Django hashes the exact bytes.
func parseDjangoArgon2(rest string) (*stored, error) {
	p, err := parsePHC("$" + rest)
	if err != nil {
		return nil, err
	}
	if p.keyID != "" {
		return nil, errFormat
	}
	return &stored{
		memory: p.Memory, cost: p.cost(), spend: p.Params.spend,
		match: func(password string) bool { return equal(p.derive(password, len(p.tag)), p.tag) },
	}, nil
}

// parsePBKDF2 parses iterations$salt$base64. The salt is hashed as it is written.
func parsePBKDF2(rest string, h func() hash.Hash, size int) (*stored, error) {
	fields := strings.Split(rest, "$")
	if len(fields) != 3 || fields[1] == "" {
		return nil, errFormat
	}
	iterations, err := number(fields[0])
	if err != nil {
		return nil, err
	}
	if iterations > maxIterations {
		return nil, errCost
	}
	tag, err := base64.StdEncoding.Strict().DecodeString(fields[2])
	if err != nil || len(tag) != size {
		return nil, errFormat
	}
	derive := func(password string, iterations uint64) []byte {
		key, err := pbkdf2.Key(h, password, []byte(fields[1]), int(iterations), size)
		if err != nil {
			return nil // FIPS mode refuses short salts and SHA-1: never equal
		}
		return key
	}
	return &stored{
		cost:  uint64(iterations),
		spend: func(cost uint64) { derive("waste", cost) },
		match: func(password string) bool { return equal(derive(password, uint64(iterations)), tag) },
	}, nil
}

// parseScrypt parses N$salt$r$p$base64.
func parseScrypt(rest string) (*stored, error) {
	fields := strings.Split(rest, "$")
	if len(fields) != 5 || fields[1] == "" {
		return nil, errFormat
	}
	var n [3]uint64
	for i, text := range []string{fields[0], fields[2], fields[3]} {
		v, err := number(text)
		if err != nil {
			return nil, err
		}
		if v > maxScryptWork {
			return nil, errCost
		}
		n[i] = uint64(v)
	}
	if 128*n[0]*n[1] > maxScryptMem || n[0]*n[1] > maxScryptWork || n[0]*n[1]*n[2] > maxScryptWork {
		return nil, errCost
	}
	if n[0] < 2 || n[0]&(n[0]-1) != 0 {
		return nil, errFormat
	}
	tag, err := base64.StdEncoding.Strict().DecodeString(fields[4])
	if err != nil || len(tag) < minTag || len(tag) > maxTag {
		return nil, errFormat
	}
	derive := func(password string, p uint64) []byte {
		key, err := scrypt.Key([]byte(password), []byte(fields[1]), int(n[0]), int(n[1]), int(p), len(tag))
		if err != nil {
			return nil
		}
		return key
	}
	round := n[0] * n[1]
	return &stored{
		// scrypt mixes its p blocks one after the other in the same memory.
		memory: uint32(128 * round >> 10),
		cost:   round * n[2],
		spend:  func(cost uint64) { derive("waste", max(cost/round, 1)) },
		match:  func(password string) bool { return equal(derive(password, n[2]), tag) },
	}, nil
}

// parseBcrypt parses a bcrypt hash, over the password or, as Django's default
// form has it, over the hexadecimal SHA-256 of the password.
func parseBcrypt(encoded string, prehashed bool) (*stored, error) {
	cost, err := bcrypt.Cost([]byte(encoded))
	if err != nil {
		return nil, errFormat
	}
	if cost > maxBcrypt {
		return nil, errCost
	}
	match := func(password string) bool {
		if prehashed {
			sum := sha256.Sum256([]byte(password)) //merlon:ignore weak-password-hash -- bcrypt follows; the imported format hashes before it
			password = hex.EncodeToString(sum[:])
		}
		// bcrypt looks at 72 bytes only. More would match whatever follows
		// them, so it never does; the work is done all the same.
		return bcrypt.CompareHashAndPassword([]byte(encoded), []byte(password)) == nil && len(password) <= 72
	}
	return &stored{
		cost:  1 << cost,
		match: match,
		spend: spendBcrypt,
	}, nil
}

// spendBcrypt does 2^c work for each bit c of missing, largest first.
func spendBcrypt(missing uint64) {
	for c := maxBcrypt; c >= bcrypt.MinCost; c-- {
		if missing&(1<<c) != 0 {
			_, _ = bcrypt.GenerateFromPassword([]byte("waste"), c)
		}
	}
}
