package secrets_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/secrets"
)

// upTo repeats text up to n bytes, as the rows of Django's table were made.
func upTo(text string, n int) string { return strings.Repeat(text, n/len(text)+1)[:n] }

func TestWeakness(t *testing.T) {
	for _, row := range []struct{ name, key, want string }{
		// Django's rows; the four it lets pass are marked.
		{"empty", "", "empty"},
		{"one letter, 100 long", upTo("a", 100), "distinct"},
		{"a count, 49 long", upTo("0123456789abcdefghij", 49), "entropy"},
		{"a count, 50 long (Django: fine)", upTo("0123456789abcdefghij", 50), "pattern"},
		{"a count, 72 long (Django: fine)", upTo("0123456789abcdefghij", 72), "pattern"},
		{"five letters (Django: fine)", upTo("abcde", 50), "entropy"},
		{"five letters, long (Django: fine)", upTo("abcde", 200), "pattern"},
		{"Django's sample prefix", "django-insecure-" + upTo("0123456789abcdefghij", 56), "sample"},
		{"Django's sample key", `django-insecure-8#k1z@x!q9w&v0r(t5y$u2p^n7m*c4b-d6f_g3h+j)l=s1a9z0`, "sample"},

		{"changeme", "changeme", "sample"},
		{"change-me, long", "CHANGE_ME-9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a", "sample"},
		{"secret, long", "secret-K7vN2xQ9mB4cL8zR1tW6yP3hJ5gF0dS7aE2uX9iV4oC", "sample"},
		{"your-secret-key", "your-secret-key-here-K7vN2xQ9mB4cL8zR1tW6yP3hJ5gF0dS7aE2uX9iV4oC", "sample"},
		{"short and random", "K7vN2xQ9mB4cL8zR1tW6", "entropy"},
		{"31 random bytes", hex.EncodeToString(random(31)), "entropy"},
		{"16 bytes in hexadecimal", hex.EncodeToString(random(16)), "entropy"},
		{"digits", "84719203847561029384756102938475610293847561", "entropy"},
		{"keyboard", "qwertyuiopasdfghjklzxcvbnm1234567890QWERTYUIOPASDFGHJKLZXCVBNM", "pattern"},
		{"keyboard backwards", upTo("poiuytrewqlkjhgfdsamnbvcxz0987654321", 72), "pattern"},
		{"keyboard columns", upTo("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik", 62), "pattern"},
		{"alphabet", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "pattern"},
		{"a strong half twice, twice", strings.Repeat("K7vN2xQ9mB4c", 8), "pattern"},
		{"a short block", strings.Repeat("Xy7!", 20), "distinct"},
		{"a sentence", "correct horse battery staple the quick brown fox jumps over the lazy dog", "words"},
		{"a German sentence", "der schnelle braune fuchs springt ueber den faulen hund und laeuft davon", "words"},
		{"white space around nothing", strings.Repeat(" ", 60), "distinct"},
		{"4 KiB of two letters", upTo("ab", 4096), "distinct"},

		{"32 random bytes", string(random(32)), ""},
		{"32 bytes in hexadecimal", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", ""},
		{"32 bytes in capital hexadecimal", "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08", ""},
		{"32 bytes in base64", "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=", ""},
		{"Django's own alphabet", `8#k1z@x!q9w&v0r(t5y$u2p^n7m*c4b-d6f_g3h+j)l=s1a9z0`, ""},
		{"generated, white space around", " " + secrets.Generate() + "\n", ""},
		{"random lower case", "kqzvxwjhtbfnypdgmcrlsokuqjxzvbhwtgnkpfydmlcrqzjxvwkbhgt", ""},
	} {
		got := secrets.Weakness(secrets.New(row.key))
		if (got == "") != (row.want == "") || !strings.Contains(got, row.want) {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
		for i := 0; i+6 <= len(row.key); i++ {
			if strings.Contains(got, row.key[i:i+6]) && row.want != "sample" {
				t.Errorf("%s: the text holds a part of the key", row.name)
			}
		}
	}
}

// TestWeaknessAcceptsRandomKeys makes sure that no usual way of making a key
// fails by chance.
func TestWeaknessAcceptsRandomKeys(t *testing.T) {
	makers := map[string]func() string{
		"Generate":  secrets.Generate,
		"Token":     secrets.Token,
		"hex":       func() string { return hex.EncodeToString(random(32)) },
		"base64":    func() string { return base64.StdEncoding.EncodeToString(random(32)) },
		"bytes":     func() string { return string(random(32)) },
		"rand.Text": func() string { return rand.Text() + rand.Text() },
	}
	for name, make := range makers {
		for range 500 {
			key := make()
			if got := secrets.Weakness(secrets.New(key)); got != "" {
				t.Fatalf("%s: %q %s", name, key, got)
			}
		}
	}
}

func TestGenerate(t *testing.T) {
	counts := make(map[rune]int)
	for range 1000 {
		key := secrets.Generate()
		if len(key) != 64 {
			t.Fatalf("%d characters", len(key))
		}
		for _, c := range key {
			counts[c]++
		}
	}
	if len(counts) != 62 {
		t.Errorf("%d different characters, want 62", len(counts))
	}
	for c, n := range counts { // 1032 expected, standard deviation 32
		if n < 700 || n > 1400 {
			t.Errorf("%q comes %d times of 64000", c, n)
		}
	}
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func ExampleWeakness() {
	fmt.Println(secrets.Weakness(secrets.New("changeme")))
	fmt.Println(secrets.Weakness(secrets.New(secrets.Generate())) == "")
	// Output:
	// is a sample value or begins like one
	// true
}
