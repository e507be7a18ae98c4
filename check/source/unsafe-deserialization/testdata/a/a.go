package a

import (
	"encoding/gob"
	"encoding/json"
	"net/http"
)

func decode(r *http.Request) {
	var v struct{ Name string }
	gob.NewDecoder(r.Body).Decode(&v) // want `request data reaches NewDecoder`
	json.NewDecoder(r.Body).Decode(&v)
}
