package guards

import (
	"net/http"
	"net/url"
	"path"
	"regexp"
)

var (
	somewhere = regexp.MustCompile(`example\.com`)
	digits    = regexp.MustCompile(`\d{5}`)
	five      = regexp.MustCompile(`^\d{5}$`)
	openEnd   = regexp.MustCompile(`^https?://example\.com`)
	closedEnd = regexp.MustCompile(`^https://example\.com/`)
)

func unanchored(w http.ResponseWriter, r *http.Request) {
	next := r.FormValue("next")
	if somewhere.MatchString(next) {
		http.Redirect(w, r, next, 302) // want open-redirect
		http.Get(next)                 // want ssrf
	}
	if openEnd.MatchString(next) {
		http.Redirect(w, r, next, 302) // want open-redirect
	}
	if closedEnd.MatchString(next) {
		http.Redirect(w, r, next, 302)
		http.Get(next)
	}
}

func fiveDigits(w http.ResponseWriter, r *http.Request) {
	if n := r.FormValue("n"); digits.MatchString(n) {
		w.Write([]byte("<p>" + n)) // want xss-response
	}
	if n := r.FormValue("n"); five.MatchString(n) {
		w.Write([]byte("<p>" + n))
	}
}

func underRoot(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, path.Join("/files", r.FormValue("p")), 302)
	http.Redirect(w, r, path.Join(r.FormValue("p"), "x"), 302) // want open-redirect
	w.Header()["Location"] = []string{r.FormValue("next")}     // want open-redirect
	w.Header()["X-Next"] = []string{r.FormValue("next")}
	u := &url.URL{Path: r.FormValue("p")}
	w.Header().Set("Location", "/x/"+u.Path)
}
