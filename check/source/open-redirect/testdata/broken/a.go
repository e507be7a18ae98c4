package broken

import (
	"net/http"

	"example.invalid/framework"
)

var pages = map[string]bool{"/a": true}

// What type-checks is judged by the engine alone, which knows what is checked.
func checked(w http.ResponseWriter, r *http.Request) {
	next := r.FormValue("next")
	if !pages[next] {
		next = "/"
	}
	http.Redirect(w, r, next, 302)
}

func unchecked(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, r.FormValue("next"), 302) // want `request data reaches Redirect`
}

// The rest is judged by its syntax.
func unknown(w http.ResponseWriter, r *http.Request) {
	framework.Log(w)
	http.Redirect(w, r, r.FormValue("next"), 302) // want `data from the request reaches Redirect`
}
