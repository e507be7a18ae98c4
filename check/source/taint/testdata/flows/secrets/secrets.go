// Package secrets shows what must not be shown.
package secrets

import (
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"os"
)

type account struct {
	Name     string
	Password string
	Token    string
}

type plain struct{ Name string }

func byName(r *http.Request) {
	password := r.FormValue("password")
	log.Println("login with", password)            // want secret-in-log:medium log-injection
	log.Printf("login with %s", password)          // want secret-in-log:medium log-injection
	slog.Info("login", "password", password)       // want secret-in-log:medium
	slog.Info("login", slog.String("p", password)) // want secret-in-log:medium
	fmt.Println("login with", password)            // want secret-in-log:low log-injection:medium
	log.Printf("login with %d letters", len(password))
}

func fields(a account, b plain) {
	log.Println(a.Password)      // want secret-in-log:medium
	log.Printf("%v", a)          // want secret-in-log:medium
	log.Printf("%+v", &a)        // want secret-in-log:medium
	slog.Info("a", "account", a) // want secret-in-log:medium
	log.Printf("%v", b)
	log.Println(a.Name)
}

func environment() {
	apiKey := os.Getenv("API_KEY")
	log.Printf("key %s", apiKey)                     // want secret-in-log:medium log-injection:low
	log.Println("secret:", os.Getenv("DB_PASSWORD")) // want secret-in-log:medium log-injection:low
	log.Println("home:", os.Getenv("HOME"))          // want log-injection:low
}

func headers(r *http.Request) {
	log.Println(r.Header.Get("Authorization")) // want secret-in-log:medium log-injection
	log.Println(r.Header.Get("Cookie"))        // want secret-in-log:medium log-injection
	log.Println(r.Header.Get("X-Api-Key"))     // want secret-in-log:medium log-injection
	log.Printf("%v", r.Header)                 // want secret-in-log:medium log-injection
	c, _ := r.Cookie("session")
	log.Println(c.Value) // want secret-in-log:medium log-injection
	_, pass, _ := r.BasicAuth()
	log.Println(pass) // want secret-in-log:medium log-injection
	dump, _ := httputil.DumpRequest(r, true)
	log.Printf("%q", dump) // want secret-in-log:medium
}

func passed(token string) { log.Println("got", token) } // want secret-in-log:medium

func helper(s string) { log.Println("got", s) } // want secret-in-log:medium

func callsHelper(a *account) { helper(a.Token) }

func inMap() {
	m := map[string]string{"password": os.Getenv("P")}
	log.Println(m["password"]) // want secret-in-log:medium log-injection:low
}

func inError(password string) error {
	return fmt.Errorf("wrong password %q", password)
}

func logsError(password string) {
	if err := inError(password); err != nil {
		log.Println(err) // want secret-in-log:medium
	}
}

func response(w http.ResponseWriter, a *account) {
	fmt.Fprintf(w, "your password is %s", a.Password) // want secret-in-response:medium
}

func harmless(w http.ResponseWriter, passwordHash, tokenType string, passwordLength int) {
	log.Println(passwordHash, tokenType, passwordLength)
	passwordReset := "/reset"
	log.Println(passwordReset)
	log.Println("password must be long")
	fmt.Fprint(w, "password")
}

// A remote prints its name and nothing else.
type remote struct{ name, token string }

func (r *remote) String() string { return r.name }

func (r *remote) refresh(format string) {
	log.Println(r, "refreshes")
	log.Printf("%v refreshes", r)
	debugf(r, "asks with %d letters", len(r.token))
	log.Printf("%v asks with %s", r, r.token) // want secret-in-log:medium
	debugf(r, "asks with %s", r.token)
}

func debugf(what any, format string, args ...any) {
	log.Println(what, fmt.Sprintf(format, args...)) // want secret-in-log:medium log-injection
}

func wrapped(r *http.Request) {
	debugf("a", "path %q", r.URL.Path)
	debugf("a", "path %s", r.URL.Path)
}

func quotedOnly(r *http.Request) {
	noticef("path %q of %d", r.URL.Path, len(r.URL.Path))
}

func noticef(format string, args ...any) { log.Printf(format, args...) }

func together(domains []string, a *account) error {
	if a.Password == "" {
		return fmt.Errorf("empty for %v: %v", domains, a)
	}
	log.Printf("made for %v", domains) // printed beside the account, and no part of it
	return fmt.Errorf("empty for %v: %v", domains, a.Name)
}
