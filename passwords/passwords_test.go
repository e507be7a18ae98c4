package passwords_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

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

func TestContextEndsTheWait(t *testing.T) {
	h := newHasher(t, passwords.Config{Workers: 1, Wait: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	release := h.Occupy()
	go func() {
		for h.Waiting() == 0 {
			runtime.Gosched()
		}
		cancel()
	}()
	if _, err := h.Verify(ctx, "x", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	release()
	if _, err := h.Hash(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("with a free worker: %v", err)
	}
}
