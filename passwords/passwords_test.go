package passwords_test

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"github.com/merlon-go/merlon/passwords"
	"github.com/merlon-go/merlon/secrets"
)

// weak are parameters that cost next to nothing.
var weak = passwords.Params{Memory: 64, Time: 1, Threads: 1}

func newHasher(t testing.TB, cfg passwords.Config) *passwords.Hasher {
	t.Helper()
	if cfg.Params == (passwords.Params{}) {
		cfg.Params = weak
	}
	cfg.InsecureParams = true
	h, err := passwords.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func hash(t testing.TB, h *passwords.Hasher, password string) string {
	t.Helper()
	encoded, err := h.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func verify(t testing.TB, h *passwords.Hasher, password, encoded string) passwords.Result {
	t.Helper()
	r, err := h.Verify(t.Context(), password, encoded)
	if err != nil {
		t.Fatalf("Verify: %v", err)
	}
	return r
}

var (
	wrong   = passwords.Result{}
	right   = passwords.Result{OK: true}
	upgrade = passwords.Result{OK: true, Rehash: true}
)

// The zero Config hashes as OWASP recommends.
func TestZeroConfig(t *testing.T) {
	h, err := passwords.New(passwords.Config{})
	if err != nil {
		t.Fatal(err)
	}
	encoded := hash(t, h, "correct horse battery staple")
	if !strings.HasPrefix(encoded, "$argon2id$v=19$m=19456,t=2,p=1$") || len(encoded) > 128 {
		t.Errorf("encoded as %q, which does not fit OWASP or a column of 128", encoded)
	}
	if got := verify(t, h, "correct horse battery staple", encoded); got != right {
		t.Errorf("right password: %+v", got)
	}
	if got := verify(t, h, "correct horse battery stapler", encoded); got != wrong {
		t.Errorf("wrong password: %+v", got)
	}
	if again := hash(t, h, "correct horse battery staple"); again == encoded {
		t.Error("two hashes of one password are equal: no salt")
	}
}

func TestConfigFaults(t *testing.T) {
	for name, cfg := range map[string]passwords.Config{
		"weaker than OWASP":    {Params: passwords.Params{Memory: 18 << 10, Time: 2, Threads: 1}},
		"one pass too few":     {Params: passwords.Params{Memory: 19 << 10, Time: 1, Threads: 1}},
		"no threads":           {Params: passwords.Params{Memory: 19 << 10, Time: 2}},
		"too much memory":      {Params: passwords.Params{Memory: 257 << 10, Time: 1, Threads: 1}},
		"too much work":        {Params: passwords.Params{Memory: 256 << 10, Time: 5, Threads: 1}},
		"less than argon2 has": {Params: passwords.Params{Memory: 7, Time: 1, Threads: 1}, InsecureParams: true},
		"negative workers":     {Workers: -1},
		"negative wait":        {Wait: -1},
		"imported unknown":     {Imported: "md5$salt$hash"},
	} {
		if _, err := passwords.New(cfg); err == nil {
			t.Errorf("%s: New took it", name)
		}
	}
	for _, p := range []passwords.Params{{46 << 10, 1, 1}, {12 << 10, 3, 1}, {9 << 10, 4, 1}, {7 << 10, 5, 1}, {64 << 10, 3, 4}} {
		if _, err := passwords.New(passwords.Config{Params: p}); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

// django are hashes that Django, or Python's libraries under it, wrote.
func django(t testing.TB) map[string]string {
	bc := func(password string) string {
		b, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	a2 := argon2.IDKey([]byte("lètmein"), []byte("saltsaltsalt"), 2, 128, 8, 16)
	return map[string]string{
		"pbkdf2_sha256": "pbkdf2_sha256$1500000$seasalt$P4UiMPVduVWIL/oS1GzH+IofsccjJNM5hUTikBvi5to=",
		"pbkdf2_sha1":   "pbkdf2_sha1$1500000$seasalt$cZyQg7qlxmOKMk6Nu6oqAt9XIkY=",
		"scrypt":        "scrypt$16384$seasalt$8$5$ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw==",
		"argon2":        fmt.Sprintf("argon2$argon2id$v=19$m=128,t=2,p=8$%s$%s", b64([]byte("saltsaltsalt")), b64(a2)),
		"bcrypt":        "bcrypt$" + bc("lètmein"),
		"bare bcrypt":   bc("lètmein"),
	}
}

// pbkdf2Tag is what Django stores for a password.
func pbkdf2Tag(t testing.TB, password, salt string, iterations int) string {
	t.Helper()
	key, err := pbkdf2.Key(sha256.New, password, []byte(salt), iterations, 32)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(key)
}

func b64(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

func TestDjangoVectors(t *testing.T) {
	h := newHasher(t, passwords.Config{})
	for name, encoded := range django(t) {
		t.Run(name, func(t *testing.T) {
			if err := passwords.Supported(encoded); err != nil {
				t.Fatal(err)
			}
			if got := verify(t, h, "lètmein", encoded); got != upgrade {
				t.Errorf("right password: %+v, want OK and Rehash", got)
			}
			if name == "pbkdf2_sha1" {
				return // one second under the race detector is enough
			}
			if got := verify(t, h, "letmein", encoded); got != wrong {
				t.Errorf("wrong password: %+v", got)
			}
		})
	}
}

func TestDjangoBcryptSHA256(t *testing.T) {
	// hex SHA-256 of "password"
	const digest = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
	b, err := bcrypt.GenerateFromPassword([]byte(digest), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	h := newHasher(t, passwords.Config{})
	encoded := "bcrypt_sha256$" + strings.Replace(string(b), "$2a$", "$2b$", 1)
	if got := verify(t, h, "password", encoded); got != upgrade {
		t.Errorf("right password: %+v", got)
	}
	if got := verify(t, h, digest, encoded); got != wrong {
		t.Errorf("the digest as password: %+v", got)
	}
}

// An upgrade at login is complete: what is stored then needs no other.
func TestUpgradeAtLogin(t *testing.T) {
	h := newHasher(t, passwords.Config{})
	encoded := "pbkdf2_sha256$1000$seasalt$" + pbkdf2Tag(t, "lètmein", "seasalt", 1000)
	if got := verify(t, h, "lètmein", encoded); got != upgrade {
		t.Fatalf("%+v", got)
	}
	if got := verify(t, h, "lètmein", hash(t, h, "lètmein")); got != right {
		t.Errorf("after the upgrade: %+v", got)
	}
}

// bcrypt looks at 72 bytes. Django's plain bcrypt takes any password that begins
// with the right 72; here it never does.
func TestDjangoDifference_BcryptNeverTruncates(t *testing.T) {
	long := strings.Repeat("0123456789", 8)
	b, err := bcrypt.GenerateFromPassword([]byte(long[:72]), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	h := newHasher(t, passwords.Config{})
	if got := verify(t, h, long[:72], "bcrypt$"+string(b)); !got.OK {
		t.Error("72 bytes do not verify")
	}
	if got := verify(t, h, long, "bcrypt$"+string(b)); got.OK {
		t.Error("80 bytes verify against a hash of the first 72")
	}
	if got := verify(t, h, strings.Repeat("a", 1000)+"b", hash(t, h, strings.Repeat("a", 1000)+"c")); got.OK {
		t.Error("only the beginning of a password counts")
	}
}

// Django does not normalise: the same password typed on a device that writes
// accents as two characters is wrong there.
func TestDjangoDifference_ComposedAndDecomposedAreOnePassword(t *testing.T) {
	const composed, decomposed = "caf\u00e9 au lait encore", "cafe\u0301 au lait encore"
	h := newHasher(t, passwords.Config{})
	if got := verify(t, h, decomposed, hash(t, h, composed)); got != right {
		t.Errorf("decomposed against composed: %+v", got)
	}
	if got := verify(t, h, "caf\u00e9\u00a0au\u3000lait encore", hash(t, h, composed)); got != right {
		t.Errorf("other spaces: %+v", got)
	}
	// Django's own hash is of the exact bytes, whichever they were.
	for _, at := range []string{composed, decomposed} {
		encoded := "pbkdf2_sha256$1000$seasalt$" + pbkdf2Tag(t, at, "seasalt", 1000)
		if got := verify(t, h, at, encoded); got != upgrade {
			t.Errorf("%+q against Django's hash of it: %+v", at, got)
		}
	}
	encoded := "pbkdf2_sha256$1000$seasalt$" + pbkdf2Tag(t, composed, "seasalt", 1000)
	if got := verify(t, h, decomposed, encoded); got != upgrade {
		t.Errorf("decomposed against Django's hash of the composed: %+v", got)
	}
}

// What PRECIS refuses still works as a password, if it could be set.
func TestOddCharacters(t *testing.T) {
	h := newHasher(t, passwords.Config{})
	for _, p := range []string{"tab\tand é", "\x00 é", "\xff\xfe é", "é\u0378", "é\u200d", "🧱🏰 é", " é ", "ﬁle é", strings.Repeat("é", 512)} {
		if got := verify(t, h, p, hash(t, h, p)); got != right {
			t.Errorf("%+q: %+v", p, got)
		}
	}
	if got := verify(t, h, "file é", hash(t, h, "ﬁle é")); got.OK {
		t.Error("compatibility characters are folded")
	}
}

func TestLengthsAreRefusedBeforeWork(t *testing.T) {
	h := newHasher(t, passwords.Config{Workers: 1})
	defer h.Occupy()() // whoever needs a worker would wait and fail
	encoded := "pbkdf2_sha256$1000$seasalt$" + pbkdf2Tag(t, "x", "seasalt", 1000)
	for _, p := range []string{"", strings.Repeat("a", 4097), strings.Repeat("a", 100<<20)} {
		if got, err := h.Verify(t.Context(), p, encoded); got.OK || err != nil {
			t.Errorf("%d bytes: %+v, %v", len(p), got, err)
		}
		if err := h.Waste(t.Context(), p); err != nil {
			t.Errorf("%d bytes: Waste: %v", len(p), err)
		}
	}
	if _, err := h.Hash(t.Context(), ""); !errors.Is(err, passwords.ErrEmpty) {
		t.Errorf("empty: %v", err)
	}
	if _, err := h.Hash(t.Context(), strings.Repeat("a", passwords.MaxBytes+1)); !errors.Is(err, passwords.ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
}

// A password too long to be hashed anew must not be reported for upgrade.
func TestLongImportedPassword(t *testing.T) {
	h := newHasher(t, passwords.Config{})
	p := strings.Repeat("long", 1000)
	if got := verify(t, h, p, "pbkdf2_sha256$1000$seasalt$"+pbkdf2Tag(t, p, "seasalt", 1000)); got != right {
		t.Errorf("%+v, want OK without Rehash", got)
	}
}

func TestRehash(t *testing.T) {
	h := newHasher(t, passwords.Config{Params: passwords.Params{Memory: 128, Time: 2, Threads: 1}})
	for name, p := range map[string]passwords.Params{
		"less memory": {64, 2, 1}, "more memory": {256, 2, 1}, "fewer passes": {128, 1, 1}, "more threads": {128, 2, 2},
	} {
		if got := verify(t, h, "secret", hash(t, newHasher(t, passwords.Config{Params: p}), "secret")); got != upgrade {
			t.Errorf("%s: %+v", name, got)
		}
	}
	tag := argon2.IDKey([]byte("secret"), []byte("saltsalt"), 2, 128, 1, 32)
	if got := verify(t, h, "secret", "$argon2id$v=19$m=128,t=2,p=1$"+b64([]byte("saltsalt"))+"$"+b64(tag)); got != upgrade {
		t.Errorf("short salt: %+v", got)
	}
}

func ring(t testing.TB, keys ...string) *secrets.Ring {
	t.Helper()
	var rest []secrets.Secret
	for _, k := range keys[1:] {
		rest = append(rest, secrets.New(k))
	}
	r, err := secrets.NewRing(secrets.New(keys[0]), rest...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPepper(t *testing.T) {
	plain := newHasher(t, passwords.Config{})
	one := newHasher(t, passwords.Config{Pepper: ring(t, "pepper one")})
	two := newHasher(t, passwords.Config{Pepper: ring(t, "pepper two", "pepper one")})
	other := newHasher(t, passwords.Config{Pepper: ring(t, "pepper three")})
	bare, peppered := hash(t, plain, "secret"), hash(t, one, "secret")
	if !strings.Contains(peppered, ",keyid=") || len(peppered) > 128 {
		t.Errorf("encoded as %q", peppered)
	}
	for _, row := range []struct {
		name    string
		h       *passwords.Hasher
		encoded string
		want    passwords.Result
		err     error
	}{
		{"same key", one, peppered, right, nil},
		{"pepper introduced", one, bare, upgrade, nil},
		{"key rotated", two, peppered, upgrade, nil},
		{"rotated and rehashed", two, hash(t, two, "secret"), right, nil},
		{"key lost", other, peppered, wrong, passwords.ErrPepper},
		{"pepper switched off", plain, peppered, wrong, passwords.ErrPepper},
	} {
		got, err := row.h.Verify(t.Context(), "secret", row.encoded)
		if got != row.want || !errors.Is(err, row.err) {
			t.Errorf("%s: %+v, %v, want %+v, %v", row.name, got, err, row.want, row.err)
		}
	}
	if got := verify(t, one, "wrong", peppered); got != wrong {
		t.Errorf("wrong password: %+v", got)
	}
	// Without its mark, a peppered hash is not a plain one.
	if got := verify(t, plain, "secret", cutKeyID(peppered)); got != wrong {
		t.Errorf("mark removed: %+v", got)
	}
}

func cutKeyID(encoded string) string {
	i := strings.Index(encoded, ",keyid=")
	return encoded[:i] + encoded[i+strings.IndexByte(encoded[i:], '$'):]
}

func TestUnusable(t *testing.T) {
	h := newHasher(t, passwords.Config{})
	u := passwords.Unusable()
	if u == passwords.Unusable() || passwords.Usable(u) || len(u) < 40 {
		t.Errorf("Unusable() = %q", u)
	}
	for _, encoded := range []string{u, "!", "", "plain", "md5$a$b", u[1:]} {
		for _, p := range []string{u, u[1:], "!", "plain", "x"} {
			if got := verify(t, h, p, encoded); got != wrong {
				t.Errorf("%q verifies against %q", p, encoded)
			}
		}
	}
}

// Who has an unusable password, a malformed or an outdated hash costs as much
// work as everybody else (Django: CVE-2024-39329, and argon2 parameters are not
// equalised there at all).
func TestAttackTimingTellsAccounts(t *testing.T) {
	params := passwords.Params{Memory: 1024, Time: 2, Threads: 1}
	h := newHasher(t, passwords.Config{Params: params})
	full := uint64(2048)
	for name, row := range map[string]struct {
		encoded string
		want    uint64
	}{
		"current":         {hash(t, h, "x"), 0},
		"no account":      {"", full},
		"unusable":        {passwords.Unusable(), full},
		"malformed":       {"$argon2id$v=19$m=1024,t=2,p=1$$", full},
		"weaker params":   {hash(t, newHasher(t, passwords.Config{Params: passwords.Params{Memory: 256, Time: 3, Threads: 1}}), "x"), full - 768},
		"stronger params": {hash(t, newHasher(t, passwords.Config{Params: passwords.Params{Memory: 4096, Time: 1, Threads: 1}}), "x"), 0},
		"cheap imported":  {"pbkdf2_sha256$1$seasalt$P4UiMPVduVWIL/oS1GzH+IofsccjJNM5hUTikBvi5to=", full},
	} {
		if got, imported := h.Owed(row.encoded); got != row.want || imported != 0 {
			t.Errorf("%s: adds %d and %d, want %d", name, got, imported, row.want)
		}
	}
}

// With a sample of the imported hashes, accounts not yet upgraded cost what the
// others cost.
func TestAttackTimingTellsImportedAccounts(t *testing.T) {
	const tag = "P4UiMPVduVWIL/oS1GzH+IofsccjJNM5hUTikBvi5to="
	sample := "pbkdf2_sha256$3000$seasalt$" + tag
	h := newHasher(t, passwords.Config{Imported: sample})
	const own = 64
	for name, row := range map[string]struct {
		encoded           string
		current, imported uint64
	}{
		"upgraded":       {hash(t, h, "x"), 0, 3000},
		"as the sample":  {sample, own, 0},
		"older, cheaper": {"pbkdf2_sha256$1000$seasalt$" + tag, own, 2000},
		"costlier":       {"pbkdf2_sha256$5000$seasalt$" + tag, own, 0},
		"no account":     {"", own, 3000},
	} {
		if current, imported := h.Owed(row.encoded); current != row.current || imported != row.imported {
			t.Errorf("%s: adds %d and %d, want %d and %d", name, current, imported, row.current, row.imported)
		}
		verify(t, h, "y", row.encoded)
	}
	for name, sample := range django(t) {
		h := newHasher(t, passwords.Config{Imported: sample})
		if !strings.HasPrefix(name, "pbkdf2") {
			if err := h.Waste(t.Context(), "x"); err != nil {
				t.Error(err)
			}
		}
	}
}

// A row that an attacker got into the table, or an import brought along, must
// not burn the machine.
func TestAttackHostileImportedHashBurnsMemory(t *testing.T) {
	tag := b64(make([]byte, 32))
	salt := b64(make([]byte, 16))
	hostile := []string{
		"$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=262145,t=1,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=8,t=4294967295,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=262144,t=5,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=1024,t=1,p=17$" + salt + "$" + tag,
		"$argon2id$v=19$m=1024,t=1,p=256$" + salt + "$" + tag,
		"$argon2id$v=19$m=1024,t=0,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=1024,t=1,p=0$" + salt + "$" + tag,
		"$argon2id$v=19$m=-1,t=1,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=99999999999999999999,t=1,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=1024,t=1,p=1$" + salt + "$" + b64(make([]byte, 65)),
		"$argon2id$v=19$m=1024,t=1,p=1$" + b64(make([]byte, 65)) + "$" + tag,
		"argon2$argon2id$v=19$m=4194304,t=1,p=1$" + salt + "$" + tag,
		"pbkdf2_sha256$5000001$seasalt$P4UiMPVduVWIL/oS1GzH+IofsccjJNM5hUTikBvi5to=",
		"pbkdf2_sha256$9999999999$seasalt$P4UiMPVduVWIL/oS1GzH+IofsccjJNM5hUTikBvi5to=",
		"scrypt$1048576$s$8$1$" + base64.StdEncoding.EncodeToString(make([]byte, 64)),
		"scrypt$2$s$1048576$1048576$" + base64.StdEncoding.EncodeToString(make([]byte, 64)),
		"scrypt$16384$s$8$1000$" + base64.StdEncoding.EncodeToString(make([]byte, 64)),
		"$2b$15$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
		"$argon2id$" + strings.Repeat("$", 1000),
		strings.Repeat("pbkdf2_sha256$", 100_000),
	}
	h := newHasher(t, passwords.Config{})
	for _, encoded := range hostile {
		if err := passwords.Supported(encoded); !errors.Is(err, passwords.ErrUnsupported) {
			t.Errorf("%.60q: Supported() = %v", encoded, err)
		}
		if got := verify(t, h, "x", encoded); got != wrong {
			t.Errorf("%.60q: %+v", encoded, got)
		}
	}
}

// One text for one hash: no signs, zeros, padding or trailing bits are looked over.
func TestPHCIsStrict(t *testing.T) {
	h := newHasher(t, passwords.Config{})
	good := hash(t, h, "x")
	if err := passwords.Supported(good); err != nil {
		t.Fatal(err)
	}
	for _, edit := range [][2]string{
		{"v=19", "v=16"}, {"v=19$", ""}, {"m=64", "m=+64"}, {"m=64", "m=064"}, {"m=64", "m=0x40"}, {"m=64,", "m=64,m=64,"},
		{"m=64,t=1", "t=1,m=64"}, {"p=1", "p=1,keyid="}, {"p=1", "p=1,keyid=aaaaaaaaaaaa"}, {"p=1", "p=1,data=aa"}, {"p=1", "p=1,"},
		{"$argon2id", "$argon2i"}, {"$argon2id", "argon2id"}, {"$argon2id", "$argon2d"},
	} {
		bad := strings.Replace(good, edit[0], edit[1], 1)
		if bad == good {
			t.Fatalf("%v changes nothing", edit)
		}
		if err := passwords.Supported(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, bad := range []string{good + "=", good + "$", good + " ", " " + good, good[:len(good)-1] + "B"} {
		if err := passwords.Supported(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestErrorsHoldNoHash(t *testing.T) {
	for _, encoded := range []string{"hunter2$hunter2$hunter2", "hunter2", "$argon2id$hunter2$a$b$c", "pbkdf2_sha256$hunter2$a$b", "!hunter2"} {
		if err := passwords.Supported(encoded); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Supported(%q) = %v", encoded, err)
		}
	}
}

// More logins than the machine can hash are refused, not taken until memory
// ends: those within the queue are served, the rest hear ErrBusy at once.
func TestAttackArgon2Flood(t *testing.T) {
	h := newHasher(t, passwords.Config{Workers: 2, Queue: 10, Wait: time.Hour})
	encoded := hash(t, h, "x")
	release := h.Occupy()
	var all sync.WaitGroup
	var mu sync.Mutex
	busy, served := 0, 0
	for range 200 {
		all.Go(func() {
			r, err := h.Verify(t.Context(), "x", encoded)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, passwords.ErrBusy):
				busy++
				if busy == 190 {
					release() // the queue is full and everybody else was told
				}
			case err == nil && r.OK:
				served++
			}
		})
	}
	all.Wait()
	if busy != 190 || served != 10 {
		t.Errorf("%d refused and %d served, want 190 and 10", busy, served)
	}
	if h.Waiting() != 0 {
		t.Errorf("%d still waiting", h.Waiting())
	}
}

// Overload answers alike whether there is an account or not.
func TestAttackOverloadTellsAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHasher(t, passwords.Config{Workers: 1})
		encoded := hash(t, h, "x")
		defer h.Occupy()()
		start := time.Now()
		_, err := h.Verify(t.Context(), "x", encoded)
		_, err2 := h.Verify(t.Context(), "x", passwords.Unusable())
		err3 := h.Waste(t.Context(), "x")
		for _, err := range []error{err, err2, err3} {
			if !errors.Is(err, passwords.ErrBusy) {
				t.Errorf("got %v, want ErrBusy", err)
			}
		}
		if took := time.Since(start); took != 6*time.Second {
			t.Errorf("waited %v, want 2 s each", took)
		}
	})
}

func TestContextEndsTheWait(t *testing.T) {
	h := newHasher(t, passwords.Config{Workers: 1})
	ctx, cancel := context.WithCancel(t.Context())
	release := h.Occupy()
	time.AfterFunc(time.Millisecond, cancel)
	if _, err := h.Verify(ctx, "x", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	release()
	if _, err := h.Hash(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("with a free worker: %v", err)
	}
}
