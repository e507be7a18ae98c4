package a

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/smtp"
	"net/url"
	"os"
)

const dsn = "app:root@tcp(db:3306)/app" // want "dsn has its value"

func open() {
	sql.Open("mysql", dsn)                                                                  // want "the address given to Open holds a password"
	sql.Open("postgres", "host=localhost user=postgres password=postgres dbname=app")       // want "the address given to Open holds a password"
	sql.Open("postgres", "host=localhost user=postgres dbname=app")                         // nothing
	sql.Open("postgres", os.Getenv("DSN"))                                                  // nothing
	sql.Open("postgres", fmt.Sprintf("postgres://app:%s@db/app", os.Getenv("DB_PASSWORD"))) // nothing
	user, code := "app", "wonderland"
	sql.Open("mysql", fmt.Sprintf("%s:%s@tcp(db)/app", user, code)) // want "the address given to Open holds a password"
	sql.Open("mysql", "app:<password>@tcp(db)/app")                 // nothing
	url.UserPassword("app", "xxxxx")
	url.UserPassword("app", "opensesame") // want "the key of UserPassword is a constant"
	connect("wonderland")
}

func connect(with string) {
	sql.Open("mysql", "root:"+with+"@/app") // want "the address given to Open holds a password"
}

type sender struct{ user, code string }

func newSender() sender { return sender{user: "me", code: "letmein"} }

func send(s sender) {
	smtp.PlainAuth("", s.user, s.code, "mail.example.com")            // want "the key of PlainAuth is a constant"
	smtp.PlainAuth("", s.user, os.Getenv("CODE"), "mail.example.com") // nothing
	smtp.PlainAuth("", s.user, fromFunction(), "mail.example.com")    // want "the key of PlainAuth is a constant"
	smtp.PlainAuth("", s.user, fromSettings("a"), "mail.example.com") // nothing
}

func fromFunction() string         { return "opensesame" }
func fromSettings(k string) string { return os.Getenv(k) }

func headers(r *http.Request, token string) {
	r.Header.Set("Authorization", "Bearer 7f3a9c2e1b8d4f6a9c0e2b4d6f8a1c3e") // want "Authorization has its value"
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("X-API-Key", "a8f5f167f44f4964e6c998dee827110c") // want "X-API-Key has its value"
	r.Header.Add("Authorization", "Basic YWRtaW46YWRtaW4xMjM=")   // want "Authorization has its value"
	r.Header.Set("Authorization", "Bearer realm")
	if r.FormValue("password") == "Sup3rS3cret" { // want "password has its value"
		return
	}
}

func setting(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

var (
	fallback = setting("DB_PASSWORD", "Pa55w0rd1") // want "DB_PASSWORD has its value"
	path     = setting("SECRETS_FILE", "/run/secrets1")
	mac      = []byte("something")
	jwtKey   = []byte("my-secret-key") // want "jwtKey has its value"
)

func hashes() (string, string) {
	passwordHash := "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
	passwordMD5 := "0d599f0ec05c3bda8c3b8a68c32a1b47"
	return passwordHash, passwordMD5
}

type login struct{ user, password string }

func through() login {
	tmp := "p4ss"
	return login{user: "me", password: tmp} // want "password has its value"
}
