package passwords

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"

	"github.com/merlon-go/merlon/secrets"
)

const (
	// MaxBytes is the longest password that Hash takes, in bytes of UTF-8. 256
	// characters, the longest that a Policy admits, never need more.
	MaxBytes = 1024

	// maxVerify is the longest password that is compared with an imported
	// hash: Django's forms take 4096 characters.
	maxVerify = 4096

	saltBytes = 16
	tagBytes  = 32
)

var (
	// ErrBusy means that all workers are taken and the queue is full, or that
	// the wait was too long. Answer 503 with Retry-After.
	ErrBusy = errors.New("passwords: too many passwords are being hashed")
	// ErrEmpty is returned for an empty password.
	ErrEmpty = errors.New("passwords: empty password")
	// ErrTooLong is returned for a password of more than MaxBytes bytes.
	ErrTooLong = fmt.Errorf("passwords: password longer than %d bytes", MaxBytes)
	// ErrPepper means that a hash was made with a pepper key that is not in
	// the ring (any more). It is a fault of the configuration: answer 503.
	ErrPepper = errors.New("passwords: hash made with an unknown pepper key")
	// ErrUnsupported is returned by [Supported] for text that no password
	// will ever verify against.
	ErrUnsupported = errors.New("passwords: unsupported hash")
)

// Params are the cost parameters of argon2id (RFC 9106).
type Params struct {
	Memory  uint32 // KiB
	Time    uint32 // passes over the memory
	Threads uint8  // lanes, computed in parallel
}

// Config says how to hash. The zero Config is safe.
type Config struct {
	// Params is the cost of new hashes. The zero Params mean 19456 KiB (19
	// MiB), 2 passes, 1 lane: the first choice of OWASP's Password Storage
	// Cheat Sheet for one lane. New refuses less than any of the five
	// equivalent choices listed there, and more than 256 MiB or 1 GiB moved.
	Params Params

	// Workers is how many hashes may run at once. It bounds the memory:
	// Workers × Params.Memory, or the memory of one imported hash if that is
	// more. 0 means one for each processor.
	Workers int
	// Queue is how many callers may wait for a worker. 0 means 50 for each
	// worker, about what 2 seconds can serve.
	Queue int
	// Wait is how long a caller waits before ErrBusy. 0 means 2 seconds.
	Wait time.Duration

	// Pepper, if not nil, keys every new hash with a secret that is not in the
	// database (HMAC-SHA-256 over the slow hash): a stolen table alone cannot be
	// searched at all. The key's id is stored in each hash; a changed primary
	// key is taken over at each user's next login. Whoever loses the key
	// loses every password.
	Pepper *secrets.Ring

	// Imported, if not "", is an encoded hash of the costliest kind moved over
	// from another system, such as any row of Django's. Its cost is then added
	// to every verification that did not have it, so that time does not tell
	// accounts not yet upgraded from others. See docs/passwords.md for what it
	// costs. "" adds nothing.
	Imported string

	// InsecureParams allows Params down to 8 KiB and one pass. For tests only.
	InsecureParams bool
}

// Hasher hashes and verifies passwords. It is immutable and safe for
// concurrent use.
type Hasher struct {
	params   Params
	pepper   *secrets.MAC
	keyIDs   []string // the primary key's first, as they stand in a hash
	imported *stored  // nil: none
	limit    *limiter
}

// New returns a Hasher, or all faults of cfg.
func New(cfg Config) (*Hasher, error) {
	if cfg.Params == (Params{}) {
		cfg.Params = Params{Memory: 19 << 10, Time: 2, Threads: 1}
	}
	errs := []error{cfg.Params.check(cfg.InsecureParams)}
	if cfg.Workers < 0 || cfg.Queue < 0 || cfg.Wait < 0 {
		errs = append(errs, errors.New("passwords: Workers, Queue and Wait must not be negative"))
	}
	h := &Hasher{params: cfg.Params}
	if cfg.Imported != "" {
		s, err := parse(cfg.Imported)
		if err != nil {
			errs = append(errs, fmt.Errorf("passwords: Imported: %w", err))
		}
		h.imported = s
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if cfg.Workers == 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	if cfg.Queue == 0 {
		cfg.Queue = 50 * cfg.Workers
	}
	if cfg.Wait == 0 {
		cfg.Wait = 2 * time.Second
	}
	h.limit = newLimiter(cfg.Workers, cfg.Queue, cfg.Wait)
	if cfg.Pepper != nil {
		h.pepper = cfg.Pepper.MAC("passwords/pepper")
		for _, id := range cfg.Pepper.KeyIDs() {
			h.keyIDs = append(h.keyIDs, phcKeyID(id))
		}
	}
	return h, nil
}

// Hash returns the encoded hash of password with a new salt: text of at most
// 128 bytes for a column. It returns [ErrEmpty], [ErrTooLong], [ErrBusy] or the
// error of ctx. It does not judge the password; a [Policy] does.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	switch {
	case password == "":
		return "", ErrEmpty
	case len(password) > MaxBytes:
		return "", ErrTooLong
	}
	release, err := h.limit.acquire(ctx, h.weight(h.params.Memory))
	if err != nil {
		return "", err
	}
	defer release()
	p := phc{Params: h.params, salt: make([]byte, saltBytes)}
	rand.Read(p.salt) // never fails since Go 1.24
	p.tag = p.derive(normalize(password), tagBytes)
	if h.pepper != nil {
		p.keyID = h.keyIDs[0]
		p.tag = h.pepper.Sum(nil, p.tag)
	}
	return p.String(), nil
}

// Result is the answer of [Hasher.Verify].
type Result struct {
	// OK says that the password is right.
	OK bool
	// Rehash says that the password is right and the stored form is outdated:
	// hash the password again and store that. A failure to do so must not
	// fail the login.
	Rehash bool
}

// Verify compares password with an encoded hash. What cannot match (an unusable
// password such as "!…", "", an unknown or malformed hash, a hash whose cost is
// beyond bounds) takes the same time and is not OK, without an error.
//
// The time does not depend on the answer. Cheaper stored hashes are topped up
// to the current cost; a costlier one takes its time, see Config.Imported.
//
// An error ([ErrBusy], [ErrPepper], of ctx) means that nothing is known: it must
// be answered with 503 and never be taken for a wrong or a right password.
func (h *Hasher) Verify(ctx context.Context, password, encoded string) (Result, error) {
	if password == "" || len(password) > maxVerify {
		return Result{}, nil // for every account alike
	}
	s, err := parse(encoded)
	if err != nil {
		return Result{}, h.Waste(ctx, password)
	}
	release, err := h.limit.acquire(ctx, h.weight(max(s.memory, h.params.Memory)))
	if err != nil {
		return Result{}, err
	}
	defer release()
	ok, err := h.match(s, password)
	h.topUp(s)
	if err != nil || !ok {
		return Result{}, err
	}
	return Result{OK: true, Rehash: h.outdated(s) && len(password) <= MaxBytes}, nil
}

// Waste does the work of one Verify that fails. Call it where there is nothing
// to verify against, because no account was found, so that the answer takes
// equally long. It returns the errors that Verify returns for an overload;
// answer them in the same way.
func (h *Hasher) Waste(ctx context.Context, password string) error {
	if password == "" || len(password) > maxVerify {
		return nil
	}
	release, err := h.limit.acquire(ctx, h.weight(h.params.Memory))
	if err != nil {
		return err
	}
	defer release()
	normalize(password)
	h.topUp(nil)
	return nil
}

// match compares in constant time. The pepper is applied after the slow hash,
// so that trying every key of the ring costs one slow hash.
func (h *Hasher) match(s *stored, password string) (bool, error) {
	if s.phc == nil {
		if s.match(password) {
			return true, nil
		}
		// Django hashes the bytes as typed; another keyboard may have typed
		// the same characters differently.
		n := normalize(password)
		return n != password && s.match(n), nil
	}
	sum := s.phc.derive(normalize(password), s.phc.tagLen())
	if s.phc.keyID == "" {
		return equal(sum, s.phc.tag), nil
	}
	if h.pepper == nil || !contains(h.keyIDs, s.phc.keyID) {
		return false, ErrPepper
	}
	return h.pepper.Verify(s.phc.tag, sum), nil
}

// outdated reports whether Hash would now write another form, as Django's
// must_update: a difference either way.
func (h *Hasher) outdated(s *stored) bool {
	if s.phc == nil {
		return true
	}
	keyID := ""
	if h.pepper != nil {
		keyID = h.keyIDs[0]
	}
	return s.phc.Params != h.params || s.phc.keyID != keyID ||
		len(s.phc.salt) < saltBytes || len(s.phc.tag) != tagBytes
}

// topUp does what the check of s left undone of the work that every
// verification does. A nil s left everything undone.
func (h *Hasher) topUp(s *stored) {
	current, imported := h.owed(s)
	if current > 0 {
		h.params.spend(current)
	}
	if imported > 0 {
		h.imported.spend(imported)
	}
}

// owed returns the work that s does not contain: of the current parameters, and
// of the imported kind. What another scheme costs is not set off against it,
// as the ratio depends on the machine.
func (h *Hasher) owed(s *stored) (current, imported uint64) {
	current = h.params.cost()
	if s != nil && s.phc != nil {
		current -= min(current, s.phc.cost())
	}
	if h.imported != nil {
		imported = h.imported.cost
		if s != nil && s.scheme == h.imported.scheme {
			imported -= min(imported, s.cost)
		}
	}
	return current, imported
}

// weight is how many workers a hash that takes memory KiB stands for.
func (h *Hasher) weight(memory uint32) int64 {
	if h.imported != nil {
		memory = max(memory, h.imported.memory)
	}
	return int64((memory + h.params.Memory - 1) / h.params.Memory)
}

// cost is the work of one hash in KiB moved, which time is proportional to.
func (p Params) cost() uint64 { return uint64(p.Memory) * uint64(p.Time) }

// spend does the work of cost KiB moved within the memory of p.
func (p Params) spend(cost uint64) {
	memory := uint32(min(cost/uint64(p.Time), uint64(p.Memory)))
	argon2.IDKey([]byte("waste"), make([]byte, saltBytes), p.Time, max(memory, 8), p.Threads, tagBytes)
}

// Unusable returns text for the password column that no password matches, as
// Django's make_password(None): for accounts that sign in by other means. The
// random tail makes it differ for each account, because other values, such as
// those bound to the password hash, are derived from it.
func Unusable() string {
	var b [30]byte
	rand.Read(b[:])
	return "!" + base64.RawURLEncoding.EncodeToString(b[:])
}

// Usable reports whether encoded is of a kind that a password can match, as
// Django's has_usable_password.
func Usable(encoded string) bool { return Supported(encoded) == nil }

// Supported reports why no password would verify against encoded, or nil if one
// may: for an import, which can then name the rows that need a reset. The
// error wraps [ErrUnsupported] and does not hold the hash.
func Supported(encoded string) error {
	_, err := parse(encoded)
	return err
}

// normalize maps a password to what is hashed: PRECIS OpaqueString (RFC 8265),
// which composes accents (NFC) and makes every space the ASCII one, so that the
// same password typed on two devices is the same. What the profile refuses, such
// as a tab or a character newer than its tables, is only composed: a
// password that could be set must work.
func normalize(password string) string {
	if ascii(password) {
		return password
	}
	if s, err := precis.OpaqueString.String(password); err == nil {
		return s
	}
	return norm.NFC.String(password)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
