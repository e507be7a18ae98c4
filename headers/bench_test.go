package headers_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/merlon-go/merlon/headers"
	"github.com/merlon-go/merlon/internal/request"
)

type fresh struct{ h http.Header }

func (f *fresh) Header() http.Header         { return f.h }
func (f *fresh) Write(b []byte) (int, error) { return len(b), nil }
func (f *fresh) WriteHeader(int)             {}

// BenchmarkHandler is to be read against its aim: at most 450 ns and 3
// allocations with the map that net/http makes for each response, which is one
// of them.
func BenchmarkHandler(b *testing.B) {
	start := time.Now().Add(-24 * time.Hour)
	for _, bench := range []struct {
		name, url string
		config    headers.Config
	}{
		{"http", "http://a.example/", headers.Config{}},
		{"https", "https://a.example/", headers.Config{}},
		{"https-ramp", "https://a.example/", headers.Config{HSTSRampStart: start}},
		{"https-routes", "https://a.example/a/b", headers.Config{Routes: map[string]headers.Override{"/a/": {FrameOptions: "SAMEORIGIN"}, "/b": {FrameOptions: "SAMEORIGIN"}}}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			h := policy(b, bench.config).Handler(empty)
			_, r := request.Attach(httptest.NewRequest("GET", bench.url, nil))
			w := new(fresh)
			b.ReportAllocs()
			for b.Loop() {
				w.h = make(http.Header)
				h.ServeHTTP(w, r)
			}
		})
	}
}

// TestAllocations holds what the benchmark shows: the map, and the one growth of it.
func TestAllocations(t *testing.T) {
	h := policy(t, headers.Config{}).Handler(empty)
	r := httptest.NewRequest("GET", "https://a.example/", nil)
	w := new(fresh)
	if n := testing.AllocsPerRun(100, func() {
		w.h = make(http.Header)
		h.ServeHTTP(w, r)
		w.h["Content-Type"] = nil
	}); n > 3 {
		t.Errorf("%v allocations", n)
	}
}
