package csrf

import (
	"errors"
	"net/http"
	"strings"

	"github.com/merlon-go/merlon/internal/request"
)

// maxOrigin bounds what is looked at as an origin: a scheme, a host name of
// 253 bytes and a port.
const maxOrigin = 300

// origin is a web origin (RFC 6454) whose parts are compared without regard to
// case. The port is empty if it is the scheme's own.
type origin struct {
	secure     bool // https, not http
	host, port string
}

func (o origin) equal(p origin) bool {
	return o.secure == p.secure && o.port == p.port && equalFold(o.host, p.host)
}

// parseOrigin reads the text of an Origin header. It allocates nothing and
// refuses whatever a browser does not send: other schemes, user names, paths.
func parseOrigin(text string) (o origin, ok bool) {
	if len(text) > maxOrigin {
		return o, false
	}
	o.secure, text, ok = cutScheme(text)
	if !ok {
		return o, false
	}
	o.host, o.port, ok = splitHost(text, o.secure)
	return o, ok
}

func cutScheme(text string) (secure bool, rest string, ok bool) {
	switch {
	case hasPrefixFold(text, "https://"):
		return true, text[len("https://"):], true
	case hasPrefixFold(text, "http://"):
		return false, text[len("http://"):], true
	}
	return false, "", false
}

// ownOrigin returns the origin that r was sent to.
func ownOrigin(r *http.Request) (o origin, ok bool) {
	o.secure = request.Secure(r)
	o.host, o.port, ok = splitHost(request.Host(r), o.secure)
	return o, ok
}

// splitHost divides host[:port], drops the scheme's own port and one trailing
// dot, and refuses bytes that no host has.
func splitHost(text string, secure bool) (host, port string, ok bool) {
	host = text
	if strings.HasPrefix(text, "[") {
		end := strings.IndexByte(text, ']')
		if end < 0 {
			return "", "", false
		}
		host, text = text[:end+1], text[end+1:]
		for _, c := range []byte(host[1:end]) {
			if !isHex(c) && c != ':' && c != '.' {
				return "", "", false
			}
		}
		if text != "" && text[0] != ':' {
			return "", "", false
		}
		port = strings.TrimPrefix(text, ":")
		if text == ":" || len(host) < 4 {
			return "", "", false
		}
	} else {
		if i := strings.IndexByte(text, ':'); i >= 0 {
			host, port = text[:i], text[i+1:]
			if port == "" {
				return "", "", false
			}
		}
		host = strings.TrimSuffix(host, ".")
		for i := range len(host) {
			if !hostBytes[host[i]] {
				return "", "", false
			}
		}
	}
	if host == "" || len(host) > 253 || !isPort(port) {
		return "", "", false
	}
	if secure && port == "443" || !secure && port == "80" {
		port = ""
	}
	return host, port, true
}

// isPort reports whether s is empty or a port number as browsers write it.
func isPort(s string) bool {
	if len(s) > 5 || s != "" && s[0] == '0' {
		return false
	}
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
		n = n*10 + int(c-'0')
	}
	return n <= 65535
}

// pattern is an entry of Config.TrustedOrigins.
type pattern struct {
	origin
	wildcard bool // every domain below host too
}

func parsePattern(text string, allowInsecure bool) (pattern, error) {
	var p pattern
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return p, errors.New("not an origin, which is scheme://host or scheme://host:port")
	}
	if base, ok := strings.CutPrefix(rest, "*."); ok {
		p.wildcard = true
		rest = base
	}
	if strings.Contains(rest, "*") {
		return p, errors.New(`"*" may only stand for whole labels at the front, as in https://*.example.com`)
	}
	o, ok := parseOrigin(scheme + "://" + rest)
	if !ok {
		return p, errors.New("not an origin, which is scheme://host or scheme://host:port without user, path or query")
	}
	if !o.secure && !allowInsecure {
		return p, errors.New("http: can be spoken for by anyone on the network (AllowInsecureOrigins admits it)")
	}
	if p.wildcard && !strings.Contains(o.host, ".") {
		return p, errors.New("the wildcard would trust a whole top-level domain")
	}
	p.origin = o
	return p, nil
}

func (p pattern) matches(o origin) bool {
	if p.equal(o) {
		return true
	}
	if !p.wildcard || p.secure != o.secure || p.port != o.port {
		return false
	}
	at := len(o.host) - len(p.host)
	return at > 1 && o.host[at-1] == '.' && equalFold(o.host[at:], p.host)
}

func (p *Protection) trusts(o origin) bool {
	for i := range p.trusted {
		if p.trusted[i].matches(o) {
			return true
		}
	}
	return false
}

// equalFold compares ASCII without regard to case. strings.EqualFold also
// folds letters that are no part of a host name, such as the Kelvin sign.
func equalFold(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && equalFold(s[:len(prefix)], prefix)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// hostBytes are the bytes of host names.
var hostBytes = func() (t [256]bool) {
	for c := range 256 {
		t[c] = isAlnum(byte(c)) || c == '-' || c == '.' || c == '_'
	}
	return t
}()

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= lower(c) && lower(c) <= 'f'
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= lower(c) && lower(c) <= 'z'
}
