package passwords_test

import (
	"testing"

	"github.com/merlon-go/merlon/passwords"
)

func BenchmarkVerify(b *testing.B) {
	h, err := passwords.New(passwords.Config{})
	if err != nil {
		b.Fatal(err)
	}
	encoded := hash(b, h, "correct horse battery staple")
	b.ReportAllocs()
	for b.Loop() {
		if r, err := h.Verify(b.Context(), "correct horse battery staple", encoded); err != nil || !r.OK {
			b.Fatal(r, err)
		}
	}
}

// BenchmarkOverhead is all but the hash.
func BenchmarkOverhead(b *testing.B) {
	h := newHasher(b, passwords.Config{Params: passwords.Params{Memory: 8, Time: 1, Threads: 1}})
	encoded := hash(b, h, "correct horse battery staple")
	b.ReportAllocs()
	for b.Loop() {
		if r, err := h.Verify(b.Context(), "correct horse battery staple", encoded); err != nil || !r.OK {
			b.Fatal(r, err)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	p := newPolicy(b, passwords.PolicyConfig{Context: []string{"castle.example"}})
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Validate(b.Context(), "correct horse battery staple", "ann@example.com", "Ann Example"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewPolicy(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newPolicy(b, passwords.PolicyConfig{})
	}
}
