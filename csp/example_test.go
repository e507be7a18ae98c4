package csp_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/merlon-go/merlon/csp"
)

// The strict policy: a script runs if it carries this response's nonce.
func Example() {
	protection, err := csp.New(csp.Config{})
	if err != nil {
		panic(err)
	}
	site := protection.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<script nonce="%s">…</script>`, csp.Nonce(r.Context()))
	}))
	w := httptest.NewRecorder()
	site.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	_, nonce, _ := strings.Cut(w.Body.String(), `"`)
	nonce, _, _ = strings.Cut(nonce, `"`)
	for directive := range strings.SplitSeq(w.Header().Get("Content-Security-Policy"), "; ") {
		fmt.Println(strings.ReplaceAll(directive, nonce, "…"))
	}
	// Output:
	// default-src 'self'
	// script-src 'nonce-…' 'strict-dynamic'
	// style-src 'self' 'nonce-…'
	// img-src 'self' data:
	// object-src 'none'
	// base-uri 'none'
	// form-action 'self'
	// frame-ancestors 'none'
	// require-trusted-types-for 'script'
}

// One policy is enforced and a stricter one tried, with exceptions by path.
func Example_routes() {
	protection, err := csp.New(csp.Config{
		Policy:     csp.Basic(),
		ReportOnly: csp.Strict(),
		Routes: []csp.Route{
			{Pattern: "/map", Changes: []csp.Change{csp.Update(csp.Policy{csp.ImgSrc: {"https://tiles.example.com"}})}},
			{Pattern: "/api/", Changes: []csp.Change{csp.Override(csp.API()), csp.Exempt().ReportOnly()}},
		},
	})
	if err != nil {
		panic(err)
	}
	for _, path := range []string{"/map", "/api/items"} {
		w := httptest.NewRecorder()
		protection.Handler(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(w.Header().Get("Content-Security-Policy"))
	}
	// Output:
	// default-src 'self'; img-src 'self' data: https://tiles.example.com; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'
	// default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
}

// Mistakes that a browser would pass over in silence are errors.
func ExampleParse() {
	_, err := csp.Parse("scrpt-src 'self'; img-src self")
	fmt.Println(err)
	// Output:
	// csp: img-src: "self" needs quotes: 'self'
	// csp: unknown directive "scrpt-src"; did you mean script-src?
}
