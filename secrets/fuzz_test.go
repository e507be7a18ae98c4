package secrets_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/secrets"
)

// FuzzVerify: a token either was signed by us, or is refused.
func FuzzVerify(f *testing.F) {
	ring, err := secrets.NewRing(secrets.New("key"), secrets.New("old"))
	if err != nil {
		f.Fatal(err)
	}
	signer := ring.Signer("p")
	genuine := signer.Sign("hello", now)
	id := ring.KeyIDs()[0]
	for _, seed := range []string{
		genuine, genuine + "=", "", ".", id, id + ".", id + "..", id + "...", id + ".loyw3v28.aGVsbG8." + strings.Repeat("A", 43),
		"hello:1r31eq:M3WZqjyBq6P8M9lLWYswBendtXxdMSjPQP70xIyj3tg", strings.Repeat("A", 43),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		value, err := signer.Verify(token, time.Hour, now)
		if token == genuine {
			if err != nil || value != "hello" {
				t.Errorf("genuine: %q, %v", value, err)
			}
			return
		}
		if !errors.Is(err, secrets.ErrInvalid) || value != "" {
			t.Errorf("forged %q: %q, %v", token, value, err)
		}
	})
}

// FuzzOpen: a text either was sealed by us, or is refused.
func FuzzOpen(f *testing.F) {
	ring, err := secrets.NewRing(secrets.New("key"), secrets.New("old"))
	if err != nil {
		f.Fatal(err)
	}
	sealer := ring.Sealer("p")
	id := ring.KeyIDs()[0]
	for _, seed := range []string{"", ".", id, id + ".", id + ".AAAA", id + "." + strings.Repeat("A", 38), strings.Repeat("A", 100)} {
		f.Add(seed, []byte("x"))
	}
	f.Fuzz(func(t *testing.T, text string, plain []byte) {
		if got, err := sealer.Open(text, nil); !errors.Is(err, secrets.ErrInvalid) || got != nil {
			t.Errorf("forged %q: %q, %v", text, got, err)
		}
		sealed := sealer.Seal(plain, []byte(text))
		if got, err := sealer.Open(sealed, []byte(text)); err != nil || string(got) != string(plain) {
			t.Errorf("genuine: %q, %v", got, err)
		}
	})
}

// FuzzWeakness: whatever a person chose, it is judged without trouble.
func FuzzWeakness(f *testing.F) {
	for _, seed := range []string{"", "changeme", "\xff\xfe", "İ", strings.Repeat("ab", 5000), secrets.Generate()} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if got := secrets.Weakness(secrets.New(key)); got == "" && len(key) < 32 {
			t.Errorf("%d bytes pass", len(key))
		}
	})
}
