package accounts_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/merlon-go/merlon/accounts"
)

// BenchmarkHandler is what the middleware costs a request whose handler does
// not ask who it comes from.
func BenchmarkHandler(b *testing.B) {
	s := newSite(b)
	handler := s.accounts.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	r := httptest.NewRequest("GET", "/", nil)
	w := httptest.NewRecorder()
	b.ReportAllocs()
	for b.Loop() {
		handler.ServeHTTP(w, r)
	}
}

// BenchmarkRequire is a signed-in request on the store in memory, session and
// user loaded.
func BenchmarkRequire(b *testing.B) {
	s := newSite(b)
	person := s.member()
	r := httptest.NewRequest("GET", "/bench", nil)
	for name, value := range person.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	mux := http.NewServeMux()
	mux.Handle("/bench", s.accounts.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if u, err := accounts.From(r.Context()); u == nil || err != nil {
			b.Fatal(u, err)
		}
	})))
	handler := s.managed(mux)
	b.ReportAllocs()
	for b.Loop() {
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
}

// BenchmarkLoginPage renders the page with the form.
func BenchmarkLoginPage(b *testing.B) {
	s := newSite(b)
	r := httptest.NewRequest("GET", "/account/login", nil)
	b.ReportAllocs()
	for b.Loop() {
		s.handler.ServeHTTP(httptest.NewRecorder(), r)
	}
}
