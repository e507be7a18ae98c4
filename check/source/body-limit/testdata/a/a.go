package a

import (
	"encoding/json"
	"io"
	"net/http"
)

func read(w http.ResponseWriter, r *http.Request) {
	_, _ = io.ReadAll(r.Body) // want "read without a limit"
	var v any
	_ = json.NewDecoder(r.Body).Decode(&v) // want "decoded without a limit"
	_ = r.ParseMultipartForm(1 << 20)      // want "any size to disk"
}

func limited(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	_, _ = io.ReadAll(r.Body)
}

func client(res *http.Response) { _, _ = io.ReadAll(res.Body) }
