package a

import (
	"net/http"
	"net/url"
	"strings"
)

func redirect(w http.ResponseWriter, r *http.Request) {
	next := r.URL.Query().Get("next")
	http.Redirect(w, r, next, 302) // want `request data reaches Redirect`
	if strings.HasPrefix(next, "/") {
		http.Redirect(w, r, next, 302) // want `request data reaches Redirect`
	}
	w.Header().Set("Location", next) // want `request data reaches the Location header`
	http.Redirect(w, r, "/users/"+next, 302)
	http.Redirect(w, r, "https://"+r.Host+r.URL.Path, 301)
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") { // want `lets /.host pass`
		next = "/"
	}
	http.Redirect(w, r, next, 302)
	u, err := url.Parse(r.FormValue("u"))
	if err != nil || u.Host != "example.com" {
		return
	}
	http.Redirect(w, r, u.String(), 302)
}
