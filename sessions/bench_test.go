package sessions_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/merlon-go/merlon/internal/request"
	"github.com/merlon-go/merlon/sessions"
)

// serve measures one request through the manager, without what net/http and the
// test themselves need.
func serve(b *testing.B, cookie string, handle http.HandlerFunc) {
	s := newSite(b)
	visitor := s.browser()
	visitor.do(func(w http.ResponseWriter, r *http.Request) {
		if err := s.Start(w, r, "ann", func(v *sessions.Values) {
			v.Set("cart", "3 books")
			v.Set("locale", "de")
			v.Set("theme", "dark")
		}); err != nil {
			b.Fatal(err)
		}
	})
	if cookie == "" {
		cookie = "theme=dark; " + visitor.cookie
	}
	h := s.Handler(handle)
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", cookie)
	w := httptest.NewRecorder()
	info := new(request.Info)
	b.ReportAllocs()
	for b.Loop() {
		*info = request.Info{}
		clear(w.Header())
		_, r := request.Into(info, r)
		h.ServeHTTP(w, r)
	}
}

// BenchmarkLoad includes one allocation for the request that carries the Info.
func BenchmarkLoad(b *testing.B) {
	serve(b, "", func(w http.ResponseWriter, r *http.Request) {
		if s := sessions.From(r.Context()); s == nil || s.UserID() != "ann" {
			b.Fatal("no session")
		}
	})
}

func BenchmarkLoadAndRead(b *testing.B) {
	serve(b, "", func(w http.ResponseWriter, r *http.Request) {
		if v, ok := sessions.From(r.Context()).Get("theme"); !ok || v != "dark" {
			b.Fatal("no value")
		}
	})
}

func BenchmarkNoCookie(b *testing.B) {
	serve(b, "a=b", func(w http.ResponseWriter, r *http.Request) {})
}

func BenchmarkLoadAndSave(b *testing.B) {
	n := 0
	serve(b, "", func(w http.ResponseWriter, r *http.Request) {
		n++
		if err := sessions.Set(r.Context(), "n", string(rune('a'+n%26))); err != nil {
			b.Fatal(err)
		}
	})
}
