package conf

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/csrf"
	"github.com/merlon-go/merlon/hosts"
)

// The paths of the probes' own handler, behind the site's controls.
const (
	pathOK      = "/merlon-check/ok"
	pathMissing = "/merlon-check/missing"
	pathPanic   = "/merlon-check/panic"
	pathEcho    = "/merlon-check/echo"
	pathToken   = "/merlon-check/token"
	pathSeen    = "/merlon-check/seen"
)

// panicText is what must not reach a client.
const panicText = "merlon-check: this text must stay inside"

// stranger is the address that probes come from, of RFC 5737: no proxy has it.
const stranger = "203.0.113.7"

// maxAnswer bounds what is kept of an answer.
const maxAnswer = 1 << 20

// probes answers the paths above.
func probes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(pathOK, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, "<!doctype html><title>ok</title>")
	})
	mux.HandleFunc(pathPanic, func(http.ResponseWriter, *http.Request) { panic(panicText) })
	mux.HandleFunc(pathEcho, func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
		fmt.Fprintf(w, "read %d", n)
	})
	mux.HandleFunc(pathToken, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, csrf.Token(r.Context())) })
	mux.HandleFunc(pathSeen, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %t", hosts.ClientIP(r.Context()), hosts.Secure(r))
	})
	return mux
}

// A probe is one request to the site, made in this process.
type probe struct {
	method string // "" is GET
	path   string
	host   string // "" is the site's own
	plain  bool   // over http instead of https
	header map[string]string
	body   io.Reader // of unknown length
}

// String describes the probe for a finding.
func (p probe) String() string {
	scheme := "https"
	if p.plain {
		scheme = "http"
	}
	text := p.verb() + " " + p.path + " over " + scheme
	if p.host != "" {
		text += " to " + p.host
	}
	return text
}

func (p probe) verb() string {
	if p.method == "" {
		return http.MethodGet
	}
	return p.method
}

// An answer is what came back.
type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
	panics any // what the handler panicked with, nil if it did not
	wrote  bool
	sent   http.Header // the header as it stood when the status was written
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if !a.wrote && status >= 200 {
		a.status, a.wrote, a.sent = status, true, a.header.Clone()
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if room := maxAnswer - a.body.Len(); room > 0 {
		a.body.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}

// cookies returns the cookies that the answer sets.
func (a *answer) cookies() []*http.Cookie { return (&http.Response{Header: a.sent}).Cookies() }

// ask sends the probe to handler.
func (l *look) ask(ctx context.Context, handler http.Handler, p probe) *answer {
	a := &answer{header: http.Header{}}
	host := p.host
	if host == "" {
		host = l.host()
	}
	u, err := url.ParseRequestURI(p.path)
	if err != nil { // a probe that is not well formed is a mistake in this package
		a.panics = err
		return a
	}
	r := (&http.Request{
		Method: p.verb(), URL: u, RequestURI: p.path, Host: host, RemoteAddr: stranger + ":40000",
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody,
		Header: http.Header{"User-Agent": {"merlon-check"}, "Accept": {"text/html"}},
	}).WithContext(ctx)
	if p.body != nil {
		r.Body, r.ContentLength = io.NopCloser(p.body), -1
	}
	if !p.plain {
		r.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true}
	}
	for key, value := range p.header {
		r.Header.Set(key, value)
	}
	func() {
		defer func() { a.panics = recover() }()
		handler.ServeHTTP(a, r)
	}()
	a.WriteHeader(http.StatusOK)
	return a
}

// front asks for the program's front page, and follows it where it leads on
// this site. The probe returned is the last one.
func (l *look) front(ctx context.Context, protected http.Handler) (probe, *answer) {
	p := probe{path: "/"}
	for range 4 {
		a := l.ask(ctx, protected, p)
		to, ok := hosts.LocalRedirect(a.sent.Get("Location"))
		if a.status < 300 || a.status > 399 || !ok {
			return p, a
		}
		p.path = to
	}
	return p, l.ask(ctx, protected, p)
}

// host is a host that the site answers to.
func (l *look) host() string {
	for _, host := range l.set.Hosts.Allowed {
		if host = strings.TrimPrefix(host, "."); host != "" && !strings.Contains(host, "*") {
			return host
		}
	}
	return "merlon-check.invalid"
}

// onSite makes r a rule that asks the composed site with f.
func onSite(r check.Rule, f func(ctx context.Context, l *look, protected http.Handler)) check.Rule {
	return bySite(r, func(ctx context.Context, l *look) error {
		f(ctx, l, l.Site.Protect(probes()))
		return nil
	})
}

// onApp makes r a rule that asks the program's own pages, behind the controls.
func onApp(r check.Rule, f func(ctx context.Context, l *look, protected http.Handler)) check.Rule {
	return bySite(r, func(ctx context.Context, l *look) error {
		if l.App == nil {
			return fmt.Errorf("the program has no pages of its own: %w", check.ErrNotApplicable)
		}
		f(ctx, l, l.Site.Protect(l.App))
		return nil
	})
}

func bySite(r check.Rule, f func(ctx context.Context, l *look) error) check.Rule {
	r.Tags = append([]string{"site"}, r.Tags...)
	r.Run = func(ctx context.Context, t *check.Target) ([]check.Finding, error) {
		switch {
		case t.Settings != nil && t.SiteErr != nil && t.Site == nil:
			return nil, fmt.Errorf("the site could not be composed: %w", check.ErrNotApplicable)
		case t.Settings == nil || t.Site == nil:
			return nil, fmt.Errorf("no composed site: %w", check.ErrNotApplicable)
		}
		l := &look{Target: t, set: t.Settings}
		if err := f(ctx, l); err != nil {
			return nil, err
		}
		return l.found, joined(l.errs)
	}
	return r
}

// saw notes a finding about an answer.
func (l *look) saw(p probe, a *answer, title string, args ...any) *check.Finding {
	if len(args) > 0 {
		title = fmt.Sprintf(title, args...)
	}
	request := p.String()
	if a != nil {
		request += fmt.Sprintf(": %d", a.status)
	}
	l.found = append(l.found, check.Finding{Title: title, Place: check.Place{Request: request}, Key: title})
	return &l.found[len(l.found)-1]
}

// A named probe is one of those that every header must stand on.
type named struct {
	what string
	probe
}

// statuses are answers of every kind: made by the handler, by nobody, by a
// panic, by a control.
func statuses() []named {
	return []named{
		{"a page", probe{path: pathOK}},
		{"a page that does not exist", probe{path: pathMissing}},
		{"an error page", probe{path: pathPanic}},
		{"the refusal of a forged host", probe{path: pathOK, host: "forged.merlon-check.invalid"}},
		{"the refusal of a forged form", probe{path: pathEcho, method: http.MethodPost, header: crossSite}},
	}
}

// crossSite are the headers a browser sends with a form of another site.
var crossSite = map[string]string{
	"Origin": "https://forger.merlon-check.invalid", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
	"Content-Type": "application/x-www-form-urlencoded",
}
