package passwords_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/merlon-go/merlon/passwords"
)

// FuzzSupported feeds what an import or an attacker may have put into the table.
func FuzzSupported(f *testing.F) {
	for _, encoded := range django(f) {
		f.Add(encoded)
	}
	h := newHasher(f, passwords.Config{Params: passwords.Params{Memory: 8, Time: 1, Threads: 1}})
	f.Add(hash(f, h, "x"))
	f.Add(passwords.Unusable())
	f.Add("$argon2id$v=19$m=8,t=1,p=1,keyid=QUJD$c2FsdHNhbHQ$dGFndGFndGFndGFn")
	f.Add("scrypt$2$s$1$1$AAAAAAAAAAAAAAAAAAAAAA==")
	f.Fuzz(func(t *testing.T, encoded string) {
		err := passwords.Supported(encoded)
		if passwords.Usable(encoded) != (err == nil) {
			t.Error("Usable and Supported disagree")
		}
		current, _ := h.Owed(encoded)
		if strings.HasPrefix(encoded, "!") && (err == nil || current != 8) {
			t.Errorf("unusable, but %v, adding %d", err, current)
		}
	})
}

// FuzzPolicy: no text makes the policy fail, hang or say nothing.
func FuzzPolicy(f *testing.F) {
	p := newPolicy(f, passwords.PolicyConfig{Context: []string{"castle.example"}})
	f.Add("correct horse battery staple", "ann@example.com")
	f.Add("castle castle castle", "")
	f.Add("\xff\xff\xff", "\xff")
	f.Add("İstanbul ıssız", "ISTANBUL")
	f.Add("８３７４９２０１", "⁸³⁷")
	f.Fuzz(func(t *testing.T, password, about string) {
		err := p.Validate(t.Context(), password, about)
		if n := utf8.RuneCountInString(password); err == nil && (n < 15 || n > 256) {
			t.Errorf("%d characters were taken", n)
		}
		if err != nil && len(password) >= 16 && strings.Contains(err.Error(), password) {
			t.Error("the error holds the password")
		}
	})
}
