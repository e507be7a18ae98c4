package secrets_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/merlon-go/merlon/secrets"
)

var now = time.Unix(1_700_000_000, 0)

func newRing(t testing.TB, keys ...string) *secrets.Ring {
	t.Helper()
	var fallbacks []secrets.Secret
	for _, k := range keys[1:] {
		fallbacks = append(fallbacks, secrets.New(k))
	}
	ring, err := secrets.NewRing(secrets.New(keys[0]), fallbacks...)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestNewRingRefuses(t *testing.T) {
	k := secrets.New("k")
	for name, err := range map[string]error{
		"no key":         second(secrets.NewRing(secrets.Secret{})),
		"empty fallback": second(secrets.NewRing(k, k, secrets.Secret{})),
		"too many":       second(secrets.NewRing(k, make([]secrets.Secret, 16)...)),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "secrets: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ring := newRing(t, "a", "a", "b", "a", "b")
	if ids := ring.KeyIDs(); len(ids) != 2 || len(ids[0]) != 8 || ids[0] == ids[1] {
		t.Errorf("ids %v, want one for each of two keys", ids)
	}
}

func second(_ *secrets.Ring, err error) error { return err }

// TestMACVector computes the MAC by hand, so that tags stay valid over releases.
func TestMACVector(t *testing.T) {
	const secret, purpose = "test-secret-key-0123456789-abcdefghijklmnopqrstuvwxyz", "csrf/token"
	root, _ := hkdf.Extract(sha256.New, []byte(secret), []byte("merlon/v1"))
	key, _ := hkdf.Expand(sha256.New, root, "\x03mac"+purpose, 32)
	h := hmac.New(sha256.New, key)
	for _, part := range []string{"session", "", "random"} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write([]byte(part))
	}
	m := newRing(t, secret).MAC(purpose)
	got := m.Sum([]byte("dst"), []byte("session"), nil, []byte("random"))
	if want := append([]byte("dst"), h.Sum(nil)...); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestMAC(t *testing.T) {
	old, both, other := newRing(t, "old").MAC("p"), newRing(t, "new", "old").MAC("p"), newRing(t, "other").MAC("p")
	tag := old.Sum(nil, []byte("a"), []byte("b"))
	for _, row := range []struct {
		name  string
		mac   *secrets.MAC
		tag   []byte
		parts [][]byte
		want  bool
	}{
		{"same", old, tag, [][]byte{[]byte("a"), []byte("b")}, true},
		{"fallback", both, tag, [][]byte{[]byte("a"), []byte("b")}, true},
		{"other key", other, tag, [][]byte{[]byte("a"), []byte("b")}, false},
		{"order", old, tag, [][]byte{[]byte("b"), []byte("a")}, false},
		{"joined", old, tag, [][]byte{[]byte("ab")}, false},
		{"one more", old, tag, [][]byte{[]byte("a"), []byte("b"), nil}, false},
		{"short tag", old, tag[:31], [][]byte{[]byte("a"), []byte("b")}, false},
		{"long tag", old, append(bytes.Clone(tag), 0), [][]byte{[]byte("a"), []byte("b")}, false},
		{"no tag", old, nil, [][]byte{[]byte("a"), []byte("b")}, false},
	} {
		if got := row.mac.Verify(row.tag, row.parts...); got != row.want {
			t.Errorf("%s: %v", row.name, got)
		}
	}
	if !bytes.Equal(both.Sum(nil), newRing(t, "new").MAC("p").Sum(nil)) {
		t.Error("the ring does not sign with its primary key")
	}
}

// TestAttackSaltAndNameConfusion_CVE_2026_6873 is a hole that Django had: name and salt of a
// signed cookie were joined without separation, so that a value signed for one
// pair verified for another.
func TestAttackSaltAndNameConfusion_CVE_2026_6873(t *testing.T) {
	ring := newRing(t, "key")
	m := ring.MAC("cookie")
	pairs := [][2]string{{"ab", "c"}, {"a", "bc"}, {"abc", ""}, {"", "abc"}, {"a", "\x00\x00\x00\x00\x00\x00\x00\x02bc"}}
	for i, a := range pairs {
		for j, b := range pairs {
			tag := m.Sum(nil, []byte(a[0]), []byte(a[1]))
			if m.Verify(tag, []byte(b[0]), []byte(b[1])) != (i == j) {
				t.Errorf("%q and %q are confused", a, b)
			}
		}
	}
	// And on the level of purposes: kind of use and purpose do not run together.
	purposes := []string{"", "a", "aa", "mac", "sign", "seal", "id", "ac", "a\x00"}
	tokens := make(map[string]string)
	for _, p := range purposes {
		tag := string(ring.MAC(p).Sum(nil, []byte("x")))
		if was, twice := tokens[tag]; twice {
			t.Errorf("purposes %q and %q have the same key", was, p)
		}
		tokens[tag] = p
		for _, q := range purposes {
			if _, err := ring.Signer(q).Verify(ring.Signer(p).Sign("v", now), time.Hour, now); (err == nil) != (p == q) {
				t.Errorf("signed for %q, verified for %q: %v", p, q, err)
			}
			if _, err := ring.Sealer(q).Open(ring.Sealer(p).Seal([]byte("v"), nil), nil); (err == nil) != (p == q) {
				t.Errorf("sealed for %q, opened for %q: %v", p, q, err)
			}
		}
	}
}

func TestSigner(t *testing.T) {
	s := newRing(t, "key").Signer("p")
	values := []string{"", "hello", "a.b.c", "ünï\x00\xff", strings.Repeat("v", 5000)}
	for _, v := range values {
		token := s.Sign(v, now)
		if got, err := s.Verify(token, time.Hour, now); err != nil || got != v {
			t.Errorf("%q comes back as %q, %v", v, got, err)
		}
		if strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
			t.Errorf("%q does not fit into a URL", token)
		}
	}
	if a, b := s.Sign("v", now), s.Sign("v", now.Add(time.Second)); a == b {
		t.Error("the time is not part of the token")
	}
}

func TestSignerTime(t *testing.T) {
	s := newRing(t, "key").Signer("p")
	token := s.Sign("v", now)
	for _, row := range []struct {
		name   string
		maxAge time.Duration
		at     time.Time
		want   error
	}{
		{"at once", time.Minute, now, nil},
		{"last moment", time.Minute, now.Add(time.Minute), nil},
		{"a fraction over", time.Minute, now.Add(time.Minute + 1), secrets.ErrExpired},
		{"long after", time.Minute, now.AddDate(100, 0, 0), secrets.ErrExpired},
		{"no age allowed", 0, now, secrets.ErrExpired},
		{"negative age", -time.Hour, now, secrets.ErrExpired},
		{"clock behind", time.Minute, now.Add(-60 * time.Second), nil},
		{"future", time.Minute, now.Add(-61 * time.Second), secrets.ErrInvalid}, // Django's reset tokens pass
		{"far future", time.Minute, now.AddDate(-100, 0, 0), secrets.ErrInvalid},
	} {
		if _, err := s.Verify(token, row.maxAge, row.at); !errors.Is(err, row.want) || (err == nil) != (row.want == nil) {
			t.Errorf("%s: %v, want %v", row.name, err, row.want)
		}
	}
	if v, err := s.Verify(s.Sign("v", time.Unix(-5, 0)), time.Minute, time.Unix(0, 0)); v != "v" || err != nil {
		t.Errorf("before 1970: %v", err)
	}
}

func TestSignerRotation(t *testing.T) {
	before, during, after := newRing(t, "old").Signer("p"), newRing(t, "new", "old").Signer("p"), newRing(t, "new").Signer("p")
	old, renewed := before.Sign("v", now), during.Sign("v", now)
	for _, row := range []struct {
		name  string
		s     *secrets.Signer
		token string
		ok    bool
	}{
		{"old during", during, old, true}, {"old after", after, old, false},
		{"new during", during, renewed, true}, {"new after", after, renewed, true}, {"new before", before, renewed, false},
	} {
		if _, err := row.s.Verify(row.token, time.Hour, now); (err == nil) != row.ok {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	if id := newRing(t, "new").KeyIDs()[0]; !strings.HasPrefix(renewed, id+".") {
		t.Errorf("%s does not begin with the key's id %s", renewed, id)
	}
}

// TestAttackTamperedToken changes every character of a genuine token, which
// includes the ignored low bits of base64's last character, and puts line ends
// in, which encoding/base64 skips: a token with two spellings passes a list of
// those already used.
func TestAttackTamperedToken(t *testing.T) {
	ring := newRing(t, "key", "fallback")
	signer, sealer := ring.Signer("p"), ring.Sealer("p")
	token, sealed := signer.Sign("value", now), sealer.Seal([]byte("value"), nil)
	for i := range token {
		for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=\n\x00") {
			if c == token[i] {
				continue
			}
			if _, err := signer.Verify(token[:i]+string(c)+token[i+1:], time.Hour, now); !errors.Is(err, secrets.ErrInvalid) {
				t.Fatalf("byte %d as %q: %v", i, c, err)
			}
		}
	}
	for i := range sealed {
		for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=\n\x00") {
			if c == sealed[i] {
				continue
			}
			if _, err := sealer.Open(sealed[:i]+string(c)+sealed[i+1:], nil); !errors.Is(err, secrets.ErrInvalid) {
				t.Fatalf("sealed byte %d as %q: %v", i, c, err)
			}
		}
	}
	for i := range token {
		if _, err := signer.Verify(token[:i]+"\n"+token[i:], time.Hour, now); err == nil {
			t.Fatalf("a line end at %d passes", i)
		}
	}
	for i := range sealed {
		if _, err := sealer.Open(sealed[:i]+"\r"+sealed[i:], nil); err == nil {
			t.Fatalf("a line end at %d passes in a sealed text", i)
		}
	}
	for _, bad := range []string{"", ".", "...", token + "A", token + "\n", " " + token, token[:len(token)-1], strings.Repeat(".", 100), strings.Repeat("A", secrets.MaxText+1)} {
		if _, err := signer.Verify(bad, time.Hour, now); !errors.Is(err, secrets.ErrInvalid) {
			t.Errorf("%.20q: %v", bad, err)
		}
		if _, err := sealer.Open(bad, nil); !errors.Is(err, secrets.ErrInvalid) {
			t.Errorf("open %.20q: %v", bad, err)
		}
	}
}

func TestSealer(t *testing.T) {
	s := newRing(t, "key").Sealer("p")
	for _, plain := range []string{"", "x", strings.Repeat("long", 4000)} {
		text := s.Seal([]byte(plain), []byte("row 7"))
		if got, err := s.Open(text, []byte("row 7")); err != nil || string(got) != plain {
			t.Errorf("%d bytes: %d bytes back, %v", len(plain), len(got), err)
		}
		if len(plain) > 3 && strings.Contains(text, base64.RawURLEncoding.EncodeToString([]byte(plain[:3]))) {
			t.Error("the text shows what it holds")
		}
		// A sealed value moved to another row does not open there.
		for _, other := range []string{"", "row 8", "row 7 "} {
			if _, err := s.Open(text, []byte(other)); !errors.Is(err, secrets.ErrInvalid) {
				t.Errorf("opened for %q", other)
			}
		}
	}
	if a, b := s.Seal([]byte("x"), nil), s.Seal([]byte("x"), nil); a == b {
		t.Error("the same text twice: the nonce is not random")
	}
}

func TestSealerRotation(t *testing.T) {
	old, ring := newRing(t, "old").Sealer("p"), newRing(t, "new", "old").Sealer("p")
	text := old.Seal([]byte("x"), nil)
	if got, err := ring.Open(text, nil); err != nil || string(got) != "x" {
		t.Errorf("fallback: %q, %v", got, err)
	}
	if !ring.Stale(text) || ring.Stale(ring.Seal([]byte("x"), nil)) || !ring.Stale("") || old.Stale(text) {
		t.Error("Stale does not tell which texts must be sealed again")
	}
	if _, err := newRing(t, "new").Sealer("p").Open(text, nil); !errors.Is(err, secrets.ErrInvalid) {
		t.Errorf("opened without its key: %v", err)
	}
}

func TestErrorsHoldNoValue(t *testing.T) {
	ring := newRing(t, "key")
	_, err1 := ring.Signer("p").Verify(canary+".x.y", time.Hour, now)
	_, err2 := ring.Sealer("p").Open(canary, nil)
	leaks(t, "errors", err1.Error()+err2.Error())
}

func TestConcurrentUse(t *testing.T) {
	ring := newRing(t, "key", "old")
	m, s, b := ring.MAC("p"), ring.Signer("p"), ring.Sealer("p")
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			part := []byte{byte(g)}
			for range 200 {
				if !m.Verify(m.Sum(nil, part), part) {
					t.Error("MAC")
				}
				if v, err := s.Verify(s.Sign(string(part), now), time.Hour, now); err != nil || v != string(part) {
					t.Error("Signer")
				}
				if v, err := b.Open(b.Seal(part, nil), nil); err != nil || !bytes.Equal(v, part) {
					t.Error("Sealer")
				}
			}
		})
	}
	wg.Wait()
}

func TestToken(t *testing.T) {
	seen := make(map[string]bool)
	for range 1000 {
		token := secrets.Token()
		raw, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil || len(token) != 43 || len(raw) != 32 || seen[token] {
			t.Fatalf("%q: %v", token, err)
		}
		seen[token] = true
	}
}
