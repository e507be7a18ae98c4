package passwords

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Bounds of an argon2 hash that Verify will compute: an imported or tampered
// row must not burn the machine. 256 MiB and 1 GiB moved are about one second.
const (
	maxEncoded = 512 // bytes of an encoded hash
	maxMemory  = 256 << 10
	maxCost    = 1 << 20 // KiB moved: Memory × Time
	maxThreads = 16
	maxSalt    = 64
	minTag     = 12
	maxTag     = 64
)

// owasp lists the choices of OWASP's Password Storage Cheat Sheet that count as
// equally strong.
var owasp = [...]Params{
	{Memory: 46 << 10, Time: 1}, {Memory: 19 << 10, Time: 2}, {Memory: 12 << 10, Time: 3},
	{Memory: 9 << 10, Time: 4}, {Memory: 7 << 10, Time: 5},
}

// bounded reports whether p is cheap enough to be computed and valid at all.
func (p Params) bounded() bool {
	return p.Time >= 1 && p.Threads >= 1 && p.Threads <= maxThreads &&
		p.Memory >= 8*uint32(p.Threads) && p.Memory <= maxMemory && p.cost() <= maxCost
}

func (p Params) strong() bool {
	return slices.ContainsFunc(owasp[:], func(o Params) bool { return p.Memory >= o.Memory && p.Time >= o.Time })
}

func (p Params) check(insecure bool) error {
	switch {
	case !p.bounded():
		return fmt.Errorf("passwords: Params %+v: want Time ≥ 1, Threads 1 to %d, Memory from 8 × Threads to %d KiB, and Memory × Time ≤ %d KiB",
			p, maxThreads, maxMemory, maxCost)
	case !insecure && !p.strong():
		return fmt.Errorf("passwords: Params %+v: weaker than OWASP's least, such as Memory 19456 KiB with Time 2", p)
	}
	return nil
}

// phc is an argon2id hash in the PHC string format:
//
//	$argon2id$v=19$m=19456,t=2,p=1[,keyid=…]$salt$tag
type phc struct {
	Params
	keyID string // "" or the id of the pepper key, base64
	salt  []byte
	tag   []byte
}

var b64 = base64.RawStdEncoding.Strict()

// phcKeyID writes a ring's key id (base64url) in PHC's alphabet.
func phcKeyID(id string) string {
	return strings.NewReplacer("-", "+", "_", "/").Replace(id)
}

func (p *phc) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "$argon2id$v=%d$m=%d,t=%d,p=%d", argon2.Version, p.Memory, p.Time, p.Threads)
	if p.keyID != "" {
		b.WriteString(",keyid=" + p.keyID)
	}
	b.WriteString("$" + b64.EncodeToString(p.salt) + "$" + b64.EncodeToString(p.tag))
	return b.String()
}

// derive runs argon2id. It allocates p.Memory KiB, which is why only the
// holder of a worker may call it.
func (p *phc) derive(password string, size int) []byte {
	return argon2.IDKey([]byte(password), p.salt, p.Time, p.Memory, p.Threads, uint32(size))
}

// tagLen is the length that argon2id has to give: with a pepper, the stored tag
// is the MAC of a hash of the usual length.
func (p *phc) tagLen() int {
	if p.keyID != "" {
		return tagBytes
	}
	return len(p.tag)
}

var errFormat = errors.New("malformed")

// parsePHC parses text that begins with "$argon2id$". It does not compute anything.
func parsePHC(text string) (*phc, error) {
	fields := strings.Split(text, "$")
	if len(fields) != 6 || fields[0] != "" || fields[1] != "argon2id" {
		return nil, errFormat
	}
	if fields[2] != "v=19" {
		return nil, errors.New("argon2 version other than 19")
	}
	p := new(phc)
	if err := p.parseParams(fields[3]); err != nil {
		return nil, err
	}
	var err, err2 error
	p.salt, err = b64.DecodeString(fields[4])
	p.tag, err2 = b64.DecodeString(fields[5])
	if err != nil || err2 != nil {
		return nil, errFormat
	}
	if len(p.salt) < 8 || len(p.salt) > maxSalt || len(p.tag) < minTag || len(p.tag) > maxTag {
		return nil, errors.New("salt or tag of an odd length")
	}
	if p.keyID != "" && len(p.tag) != tagBytes {
		return nil, errFormat
	}
	return p, nil
}

func (p *phc) parseParams(text string) error {
	names := [...]string{"m=", "t=", "p=", "keyid="}
	fields := strings.Split(text, ",")
	if len(fields) < 3 || len(fields) > 4 {
		return errFormat
	}
	var n [3]uint32
	for i, f := range fields {
		value, ok := strings.CutPrefix(f, names[i])
		if !ok || value == "" {
			return errFormat
		}
		if i == 3 {
			if len(value) > 11 {
				return errFormat
			}
			p.keyID = value
			continue
		}
		var err error
		if n[i], err = number(value); err != nil {
			return err
		}
	}
	if n[2] > maxThreads {
		return errCost
	}
	p.Params = Params{Memory: n[0], Time: n[1], Threads: uint8(n[2])}
	if !p.bounded() {
		return errCost
	}
	return nil
}

// number parses a decimal without sign or leading zero, so that a hash has one
// spelling.
func number(text string) (uint32, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || text[0] == '+' || text[0] == '0' {
		return 0, errFormat
	}
	return uint32(n), nil
}

func equal(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

func contains(list []string, s string) bool { return slices.Contains(list, s) }
