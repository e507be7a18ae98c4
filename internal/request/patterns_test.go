package request_test

import (
	"net/http/httptest"
	"testing"

	"github.com/merlon-go/merlon/internal/request"
)

func TestPatterns(t *testing.T) {
	var p request.Patterns[string]
	if _, ok := p.Match(httptest.NewRequest("GET", "/", nil)); ok || !p.Empty() {
		t.Error("the zero Patterns matches")
	}
	for _, pattern := range []string{"/a", "POST /b/{id}", "/tree/", "h.example/c", "/exact/{$}"} {
		if err := p.Add(pattern, pattern); err != nil {
			t.Fatal(err)
		}
	}
	for _, pattern := range []string{"", "a", "/a", "/{", "GET"} {
		if p.Add(pattern, "") == nil {
			t.Errorf("%q was added", pattern)
		}
	}
	requests := map[string]string{
		"GET /a": "/a", "GET /a/": "", "GET //a": "", "GET /x/../a": "", "GET /%61": "/a", "GET /A": "",
		"POST /b/1": "POST /b/{id}", "GET /b/1": "", "POST /b/1/2": "", "GET /": "",
		"GET /tree": "", "GET /tree/": "/tree/", "GET /tree/x": "/tree/", "GET /treehouse": "",
		"GET http://h.example/c": "h.example/c", "GET http://h.example:80/c": "h.example/c", "GET /c": "",
		"GET /exact/": "/exact/{$}", "GET /exact/x": "",
	}
	check := func(rest string) {
		t.Helper()
		for line, want := range requests {
			method, target := "GET", line[4:]
			if line[0] == 'P' {
				method, target = "POST", line[5:]
			}
			got, ok := p.Match(httptest.NewRequest(method, target, nil))
			if want == "" {
				want = rest
			}
			if rest != "" && (line == "GET //a" || line == "GET /x/../a" || line == "GET /tree") {
				want = "" // a mux redirects these
			}
			if got != want || ok != (want != "") {
				t.Errorf("%s: %q, want %q", line, got, want)
			}
		}
	}
	check("")
	if err := p.Add("/", "/"); err != nil {
		t.Fatal(err)
	}
	if p.Add("/", "again") == nil {
		t.Error(`"/" was added twice`)
	}
	check("/")
}
