package merlon

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/merlon-go/merlon/internal/deny"
)

// own are the paths that Merlon answers itself. Without a contact
// security.txt is the application's.
func (s *Site) own(path string) bool {
	switch path {
	case "/account", "/.well-known/change-password":
		return true
	case pathSecurityTxt, pathOldSecurityTxt:
		return s.security != nil
	}
	return strings.HasPrefix(path, "/-/") || strings.HasPrefix(path, "/account/")
}

// route sends Merlon's own paths to Merlon's own handlers and the rest to next.
func (s *Site) route(next http.Handler) http.Handler {
	mux := http.NewServeMux()
	s.accounts.Register(mux)
	mux.Handle("GET "+s.static.Pattern(), s.static)
	if s.mailbox != nil {
		mux.HandleFunc("GET /-/dev/mail", s.devMail)
		mux.HandleFunc("GET /-/dev/mail/{id}", s.devMessage)
	}
	mux.Handle("POST "+cspReports, s.reports)
	if s.security != nil {
		mux.Handle("GET "+pathSecurityTxt, s.security)
		mux.Handle("GET "+pathOldSecurityTxt, http.RedirectHandler(pathSecurityTxt, http.StatusFound))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.own(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		if h, pattern := mux.Handler(r); pattern == "" {
			s.notServed(w, r, h)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// notServed answers what the mux has no pattern for, with the page of the
// status that the mux chose: 404, or 405 with the methods there are.
func (s *Site) notServed(w http.ResponseWriter, r *http.Request, h http.Handler) {
	probe := &statusOnly{header: http.Header{}, status: http.StatusOK}
	h.ServeHTTP(probe, r)
	if allow := probe.header["Allow"]; len(allow) > 0 {
		w.Header()["Allow"] = allow
	}
	if probe.status < 400 {
		h.ServeHTTP(w, r) // a redirect to the cleaned path
		return
	}
	s.deny(w, r, &deny.Refusal{Status: probe.status, Control: "merlon", Reason: "not-served"})
}

type statusOnly struct {
	header http.Header
	status int
}

func (p *statusOnly) Header() http.Header         { return p.header }
func (p *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
func (p *statusOnly) WriteHeader(status int)      { p.status = status }

// pingTimeout bounds how long a readiness probe waits for the stores.
const pingTimeout = 2 * time.Second

// health answers the probes of a balancer or an orchestrator. They come before
// the allowed hosts and the redirect to HTTPS because probes speak plain HTTP
// to an address; they tell nothing but a word.
func (s *Site) health(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/-/health/live":
			answerHealth(w, r, http.StatusOK, "ok")
		case "/-/health/ready":
			status, word := s.readiness(r.Context())
			answerHealth(w, r, status, word)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (s *Site) readiness(ctx context.Context) (status int, word string) {
	if !s.ready.Load() {
		return http.StatusServiceUnavailable, "stopping"
	}
	if s.ping != nil {
		ctx, cancel := context.WithTimeout(ctx, pingTimeout)
		defer cancel()
		if err := s.ping(ctx); err != nil {
			return http.StatusServiceUnavailable, "store"
		}
	}
	return http.StatusOK, "ok"
}

func answerHealth(w http.ResponseWriter, r *http.Request, status int, word string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		deny.Write(w, r, &deny.Refusal{Status: http.StatusMethodNotAllowed, Control: "merlon", Reason: "method"})
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	if status != http.StatusOK {
		w.Header().Set("Retry-After", "5")
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"status": word})
}
