package a

import (
	"errors"
	"net/http"
)

func fail(w http.ResponseWriter, r *http.Request) {
	err := errors.New("pq: relation does not exist")
	http.Error(w, err.Error(), http.StatusInternalServerError) // want `an internal error reaches the response`
	http.Error(w, err.Error(), http.StatusBadRequest)
	http.Error(w, "internal error", http.StatusInternalServerError)
}
