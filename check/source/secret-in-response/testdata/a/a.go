package a

import (
	"fmt"
	"net/http"
)

type user struct{ Name, Password string }

func show(w http.ResponseWriter, u *user) {
	fmt.Fprintln(w, u.Name)
	fmt.Fprintln(w, u.Password) // want `a secret reaches the response`
}
