package secrets_test

import (
	"testing"
	"time"

	"github.com/merlon-go/merlon/secrets"
)

func BenchmarkMACSum(b *testing.B) {
	m := newRing(b, "key").MAC("p")
	session, random := []byte("0123456789abcdef"), []byte("fedcba9876543210")
	dst := make([]byte, 0, 32)
	b.ReportAllocs()
	for b.Loop() {
		dst = m.Sum(dst[:0], session, random)
	}
}

func BenchmarkMACVerify(b *testing.B) {
	m := newRing(b, "key").MAC("p")
	session, random := []byte("0123456789abcdef"), []byte("fedcba9876543210")
	tag := m.Sum(nil, session, random)
	b.ReportAllocs()
	for b.Loop() {
		if !m.Verify(tag, session, random) {
			b.Fatal("refused")
		}
	}
}

func BenchmarkSign(b *testing.B) {
	s := newRing(b, "key").Signer("p")
	b.ReportAllocs()
	for b.Loop() {
		s.Sign("ann@example.com", now)
	}
}

func BenchmarkVerify(b *testing.B) {
	s := newRing(b, "key").Signer("p")
	token := s.Sign("ann@example.com", now)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Verify(token, time.Hour, now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	s := newRing(b, "key").Sealer("p")
	plain, row := []byte("0123456789abcdef"), []byte("user 7")
	b.ReportAllocs()
	for b.Loop() {
		s.Seal(plain, row)
	}
}

func BenchmarkOpen(b *testing.B) {
	s := newRing(b, "key").Sealer("p")
	row := []byte("user 7")
	text := s.Seal([]byte("0123456789abcdef"), row)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Open(text, row); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkToken(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		secrets.Token()
	}
}

func BenchmarkWeakness(b *testing.B) {
	key := secrets.New(secrets.Generate())
	b.ReportAllocs()
	for b.Loop() {
		secrets.Weakness(key)
	}
}
