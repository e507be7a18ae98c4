package lockout_test

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/merlon-go/merlon/lockout"
)

// BenchmarkSuccess is a sign-in that succeeds: five counters, up and down.
func BenchmarkSuccess(b *testing.B) {
	s := newSite(b)
	a := lockout.Attempt{Account: "ann@example.com", Client: netip.MustParseAddr("192.0.2.1"), UserAgent: "Mozilla/5.0 Firefox/140.0"}
	b.ReportAllocs()
	for b.Loop() {
		res, err := s.Attempt(b.Context(), a)
		if err != nil {
			b.Fatal(err)
		}
		if err := res.Succeed(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRefused is an attempt at an account that is locked.
func BenchmarkRefused(b *testing.B) {
	s := newSite(b, plain("user"))
	s.lock()
	a := lockout.Attempt{Account: "alice", Client: netip.MustParseAddr("192.0.2.1"), UserAgent: "Mozilla/5.0 Firefox/140.0"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Attempt(b.Context(), a); err == nil {
			b.Fatal("let through")
		}
	}
}

// BenchmarkFailures spreads failures over a hundred thousand accounts.
func BenchmarkFailures(b *testing.B) {
	s := newSite(b, func(c *lockout.Config) { c.Spray.Skip = true })
	a := lockout.Attempt{UserAgent: "Mozilla/5.0 Firefox/140.0"}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		a.Account, a.Client = fmt.Sprint("user", n%100_000), netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)})
		_, _ = s.Attempt(b.Context(), a)
	}
}

// BenchmarkDevice reads and renews a device cookie.
func BenchmarkDevice(b *testing.B) {
	s := newSite(b)
	v := s.visitor("192.0.2.1")
	v.want("alice", true, 302)
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("Cookie", "__Host-device="+v.cookie)
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		s.Trust(w, r, "alice")
	}
}
