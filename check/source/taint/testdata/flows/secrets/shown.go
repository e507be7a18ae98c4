package secrets

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
)

type member struct {
	Name     string
	Password string
}

type guarded struct {
	Name     string
	Password hidden
}

type hidden string

func (hidden) String() string { return "[hidden]" }

type group struct {
	First member
	Of    int
}

func whole(m member, g group, k guarded, list []member) {
	log.Printf("new member %+v", m) // want secret-in-log:medium
	log.Println("new member", &m)   // want secret-in-log:medium
	log.Printf("%d of %v", g.Of, g) // want secret-in-log:medium
	log.Printf("%T", m)
	log.Printf("%v", k)
	log.Println(m.Name)
}

func allHeaders(r *http.Request) {
	for name, values := range r.Header {
		log.Printf("%q: %q", name, values)                    // want secret-in-log:medium
		log.Printf("%q: %q", name, strings.Join(values, ",")) // want secret-in-log:medium
	}
	for name, values := range r.Header {
		if name == "Authorization" {
			continue
		}
		log.Printf("%q: %q", name, values)
	}
	log.Printf("%q", r.Header.Get("Accept"))
}

func constants() {
	password := "P@ssw0rd2024"
	show(password)
	m := struct{ x string }{password}
	log.Println(m) // want secret-in-log:medium
	token := password
	log.Println(token) // want secret-in-log:medium
	log.Println("P@ss")
}

func show(x string) { log.Println(x) } // want secret-in-log:medium

func (m member) dsn() string { return "app:" + m.Password + "@tcp(db)/app" }

func (m member) passwordHash() string { return "x" + m.Password }

func handedOut(m member) {
	log.Println(m.dsn()) // want secret-in-log:medium
	log.Println(masked(m.Password))
	log.Println(m.passwordHash())
}

func masked(s string) string {
	if s == "" {
		return s
	}
	return s[:1] + "***"
}

func consoles(r *http.Request) {
	fmt.Fprintf(os.Stderr, "user %s\n", r.FormValue("user")) // want log-injection:medium
	fmt.Fprintf(os.Stderr, "user %q\n", r.FormValue("user"))
	fmt.Fprintln(log.Writer(), r.FormValue("user"))  // want log-injection:medium
	fmt.Fprintln(os.Stdout, r.FormValue("password")) // want log-injection:medium secret-in-log:low
	fmt.Fprintln(os.Stdout, os.Args)
}

type settings struct {
	Host   string
	DBPass string
}

func settled(s settings) {
	log.Printf("%+v", s)  // want secret-in-log:medium
	log.Println(s.DBPass) // want secret-in-log:medium
	log.Println("on", s.Host)
}
