package a

import (
	"net/http"
	"strconv"
)

func size(r *http.Request) {
	n, err := strconv.Atoi(r.FormValue("n"))
	if err != nil {
		return
	}
	_ = make([]byte, n) // want `request data reaches the size of an allocation`
	if n > 1000 {
		return
	}
	_ = make([]byte, n)
}
