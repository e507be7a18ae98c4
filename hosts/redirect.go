package hosts

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// redirect sends plain HTTP to HTTPS.
type redirect struct {
	host   string         // where to, or "" for the host that was asked for
	except *http.ServeMux // nil: nothing is exempt
	vary   string         // the headers that a proxy tells the scheme with
}

// newRedirect judges the redirect of c even if it is switched off, so that
// switching it on again does not fail.
func newRedirect(c Config) (*redirect, error) {
	var errs []error
	d := &redirect{vary: headerProto + ", " + headerForwarded}
	switch c.Forwarding {
	case ForwardingX:
		d.vary = headerProto
	case ForwardingRFC7239:
		d.vary = headerForwarded
	}
	if c.SSLHost != "" {
		host, err := parseHost(c.SSLHost)
		if err != nil {
			errs = append(errs, fmt.Errorf("hosts: invalid SSLHost %s: %w", quote(c.SSLHost), err))
		}
		d.host = strings.TrimSuffix(host.String(), ":443")
	}
	if len(c.RedirectExempt) > 0 {
		d.except = http.NewServeMux()
	}
	for _, pattern := range c.RedirectExempt {
		if err := register(d.except, pattern); err != nil {
			errs = append(errs, fmt.Errorf("hosts: invalid redirect exemption %s: %w", quote(pattern), err))
		}
	}
	if c.InsecureSkipRedirect {
		d = nil
	}
	return d, errors.Join(errs...)
}

// register adds pattern to mux, whose only way to refuse is to panic.
func register(mux *http.ServeMux, pattern string) (err error) {
	host, _, _ := strings.Cut(pattern, "/")
	if i := strings.LastIndexAny(host, " \t"); i >= 0 { // after the method
		host = host[i+1:]
	}
	if host != "" {
		if _, err := parseHost(host); err != nil { // as in a regular expression of Django's
			return errors.New("a pattern of http.ServeMux begins with a slash, after a method or a host")
		}
	}
	if pattern == "/" {
		return errors.New("it exempts everything; InsecureSkipRedirect says so plainly")
	}
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%v", fault)
		}
	}()
	mux.Handle(pattern, exemption{http.NotFoundHandler()})
	return nil
}

// exemption is a handler only to be found again by ServeMux.
type exemption struct{ http.Handler }

// exempt reports whether r may be answered on plain HTTP. For a path that is
// not clean ServeMux returns a redirect of its own, not the exemption, and a
// handler might read that path in another way; CONNECT alone is not cleaned.
func (d *redirect) exempt(r *http.Request) bool {
	if d.except == nil || r.Method == http.MethodConnect {
		return false
	}
	h, _ := d.except.Handler(r)
	_, ok := h.(exemption)
	return ok
}

// answer redirects r to HTTPS on host, which was admitted, or on the host set
// for it. GET and HEAD get 301; other methods get 308, with which a browser
// sends method and body again.
func (d *redirect) answer(w http.ResponseWriter, r *http.Request, host string, proxied bool) {
	if d.host != "" {
		host = d.host
	} else {
		// Port 80 is where plain HTTP is, and 443 goes without saying. Another
		// port is kept as Django keeps it: a proxy may serve both there.
		host = strings.TrimSuffix(strings.TrimSuffix(host, ":80"), ":443")
	}
	status := http.StatusPermanentRedirect
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		status = http.StatusMovedPermanently
	}
	h := w.Header()
	if proxied { // a cache between the proxy and us must not serve it to HTTPS
		h.Add("Vary", d.vary)
	}
	// Forgotten after an hour, so that a redirect sent by mistake does not
	// outlive the repair.
	h.Set("Cache-Control", "max-age=3600")
	h.Set("Content-Length", "0")
	h.Set("Location", "https://"+host+target(r)) //merlon:ignore open-redirect -- the host is one of those allowed, or SSL_HOST
	w.WriteHeader(status)
}

// target returns path and query of r as they may stand in a Location.
func target(r *http.Request) string {
	p := r.URL.EscapedPath()
	if !strings.HasPrefix(p, "/") { // "" of CONNECT, "*" of OPTIONS
		p = "/"
	}
	if r.URL.RawQuery != "" || r.URL.ForceQuery {
		// A request target has no fragment, so that net/http leaves a "#" in it.
		p += "?" + strings.ReplaceAll(r.URL.RawQuery, "#", "%23")
	}
	return escape(p)
}

// escape percent-encodes what has no place in a URL, whatever it means there.
func escape(s string) string {
	const digits = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		if !mustEscape(s[i]) {
			continue
		}
		b := append(make([]byte, 0, len(s)+16), s[:i]...)
		for ; i < len(s); i++ {
			if c := s[i]; mustEscape(c) {
				b = append(b, '%', digits[c>>4], digits[c&15])
			} else {
				b = append(b, c)
			}
		}
		return string(b)
	}
	return s
}

func mustEscape(c byte) bool {
	return c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' || c == '\\' || c == '^' || c == '`' || c == '{' || c == '|' || c == '}'
}
