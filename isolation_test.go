package merlon_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/merlon-go/merlon"
)

// Another site loads an account page as an image, a script, a frame or by fetch,
// and tells from time, size or redirects who is signed in (XS-Leaks). Links to
// the page stay possible, and so does everything on the site's other pages.
func TestAttackAccountPagesLoadedByAnotherSite(t *testing.T) {
	site := compose(t, merlon.Config{Settings: production(t, "MERLON_CSRF_TRUSTED_ORIGINS=https://app.example.org")})
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })
	h := site.Protect(mux)
	const no, yes, signIn = 403, 200, 303
	for _, c := range []struct {
		path, site, mode, dest, origin string
		status                         int
	}{
		{"/account/login", "cross-site", "no-cors", "image", "", no},
		{"/account/login", "cross-site", "no-cors", "script", "", no},
		{"/account/", "cross-site", "navigate", "iframe", "", no},
		{"/account/", "same-site", "cors", "empty", "https://blog.example.com", no},
		{"/console/", "cross-site", "no-cors", "image", "", no},
		{"/account/login", "cross-site", "navigate", "document", "", yes},
		{"/account/", "cross-site", "navigate", "document", "", signIn},
		{"/account/login", "same-origin", "no-cors", "image", "", yes},
		{"/account/login", "none", "navigate", "document", "", yes},
		{"/account/login", "cross-site", "cors", "empty", "https://app.example.org", yes}, // trusted
		{"/account/login", "", "", "", "", yes},                                           // no browser, or an old one
		{"/picture", "cross-site", "no-cors", "image", "", yes},
	} {
		r := secure("GET", c.path, nil)
		for name, value := range map[string]string{"Sec-Fetch-Site": c.site, "Sec-Fetch-Mode": c.mode, "Sec-Fetch-Dest": c.dest, "Origin": c.origin} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		if got := send(h, r).StatusCode; got != c.status {
			t.Errorf("%+v: %d", c, got)
		}
	}
}
