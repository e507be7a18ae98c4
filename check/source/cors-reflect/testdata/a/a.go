package a

import "net/http"

func reflect(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin")) // want "with the visitor's cookies"
	w.Header().Set("Access-Control-Allow-Credentials", "true")
}

func listed(w http.ResponseWriter, r *http.Request, list map[string]bool) {
	origin := r.Header.Get("Origin")
	if list[origin] {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Allow-Credentials", "true")
	}
}

func public(w http.ResponseWriter) { w.Header().Set("Access-Control-Allow-Origin", "*") }

func null(w http.ResponseWriter) { w.Header().Set("Access-Control-Allow-Origin", "null") } // want "null"
