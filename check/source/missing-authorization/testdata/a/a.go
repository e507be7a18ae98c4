package a

import (
	"net/http"

	"github.com/merlon-go/merlon/audit"
)

var _ audit.Event

func requireStaff(h http.Handler) http.Handler { return h }

func routes(mux *http.ServeMux, h http.Handler) {
	mux.Handle("GET /admin/users", h) // want "nothing asks who may use"
	mux.Handle("GET /admin/users/{id}", requireStaff(h))
	mux.Handle("GET /about", h)
}

func guarded(h http.Handler) http.Handler {
	inner := http.NewServeMux()
	inner.Handle("/admin/", h)
	return requireStaff(inner)
}
