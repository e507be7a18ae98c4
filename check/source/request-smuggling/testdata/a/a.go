package a

import "net/http"

func both(w http.ResponseWriter) {
	w.Header().Set("content-length", "100")
	w.Header().Set("Transfer-Encoding", "chunked") // want "Transfer-Encoding and Content-Length"
}

func variable(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Transfer-Encoding", "chunked") // want "Transfer-Encoding and Content-Length"
	h.Set("Content-Length", "50")
}

func one(w http.ResponseWriter) { w.Header().Set("Content-Length", "100") }

func two(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "100")
	r.Header.Set("Transfer-Encoding", "chunked")
}
