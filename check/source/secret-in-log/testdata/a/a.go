package a

import (
	"log"
	"log/slog"
	"net/http"
)

type user struct{ Name, Password string }

func login(u *user, r *http.Request) {
	password := r.FormValue("pw")
	log.Println("attempt", password)       // want `a secret reaches the log`
	slog.Info("attempt", "pw", u.Password) // want `a secret reaches the log`
	log.Println(r.FormValue("password"))   // want `a secret reaches the log`
	log.Println("password changed", u.Name, len(password))
}
