package merlon_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/merlon-go/merlon"
)

// sink is a ResponseWriter that keeps nothing, so that what is measured is the
// controls. A fresh header map a request is what net/http gives too.
type sink struct{ h http.Header }

func (s *sink) Header() http.Header         { return s.h }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) WriteHeader(int)             {}

// The aim: at most 15 allocations and 2 KB around an empty handler.
func BenchmarkProtect(b *testing.B) {
	site := compose(b, merlon.Config{})
	empty := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for _, c := range []struct {
		name string
		h    http.Handler
		r    *http.Request
	}{
		{"bare", empty, secure("GET", "/", nil)},
		{"GET", site.Protect(empty), secure("GET", "/", nil)},
		{"GET/http", compose(b, merlon.Config{Settings: production(b, "MERLON_SECURE_SSL_REDIRECT=false")}).Protect(empty), plainRequest()},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := sink{h: http.Header{}}
				c.h.ServeHTTP(&w, c.r)
			}
		})
	}
}

func plainRequest() *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = "example.com"
	r.RemoteAddr = "203.0.113.7:4000"
	return r
}
