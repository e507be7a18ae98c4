package csrf

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/merlon-go/merlon/internal/request"
)

// A secret is what the cookie holds: random bytes and their MAC, which also
// covers the session that the secret was made for. A token is the secret,
// or a mask followed by the secret under the mask.
const (
	randomSize = 16
	secretSize = randomSize + 32
	plainLen   = secretSize * 4 / 3 // 64: base64url without padding
	maskedLen  = 2 * plainLen
)

// encoding is strict so that a secret has one spelling only.
var encoding = base64.RawURLEncoding.Strict()

type secret [secretSize]byte

// State is what this package keeps about one request. The composer may put a
// new one into request.Info's CSRF slot to save an allocation; everybody else
// lets [Protection.Handler] make it.
type State struct {
	protection *Protection
	info       *request.Info // nil where none is attached
	writer     http.ResponseWriter
	request    *http.Request

	mu      sync.Mutex
	loaded  bool
	secret  secret
	session []byte // that secret was made for
}

func from(ctx context.Context) *State {
	info := request.From(ctx)
	if info == nil {
		return nil
	}
	s, _ := info.CSRF.(*State)
	if s == nil || s.protection == nil {
		return nil
	}
	return s
}

// Token returns a token for this request's visitor, for a form field or the
// X-CSRFToken header. Each call masks it anew. If the visitor has no good
// cookie yet, the first call sets one, so it must come before the response's
// header is written; it also marks the response as private to the visitor.
// Outside [Protection.Handler] it returns "".
func Token(ctx context.Context) string {
	s := from(ctx)
	if s == nil {
		return ""
	}
	return s.refresh().masked()
}

// FieldName returns the name of the form field, or the default name outside
// [Protection.Handler].
func FieldName(ctx context.Context) string {
	if s := from(ctx); s != nil {
		return s.protection.fieldName
	}
	return DefaultFieldName
}

// HeaderName returns the name of the request header that may hold the token
// in place of the form field, or the default name outside [Protection.Handler].
func HeaderName(ctx context.Context) string {
	if s := from(ctx); s != nil {
		return s.protection.headerName
	}
	return DefaultHeaderName
}

// Field returns a hidden input that holds [Token]. Put it first in the form.
// Outside [Protection.Handler] it is empty.
func Field(ctx context.Context) template.HTML {
	s := from(ctx)
	if s == nil {
		return ""
	}
	//merlon:ignore template-html -- both values consist of characters that HTML does not escape
	return template.HTML(`<input type="hidden" name="` + s.protection.fieldName + `" value="` + s.refresh().masked() + `">`)
}

// Rotate gives the visitor a new secret and so invalidates every token handed
// out before. Call it after login, logout and password change, once the new
// session is in place and before the response's header is written. Tokens
// bound to a session lose their value with the session in any case; Rotate
// also serves a site without sessions, and scripts that read the cookie.
func (p *Protection) Rotate(w http.ResponseWriter, r *http.Request) {
	s := from(r.Context())
	if s == nil {
		s = &State{protection: p, info: request.From(r.Context()), writer: w, request: r}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renew(p.binding(r))
}

func (p *Protection) binding(r *http.Request) []byte {
	if p.session == nil {
		return nil
	}
	return p.session(r)
}

// refresh returns the visitor's secret, from the cookie if it has a good one,
// and marks the response as depending on it.
func (s *State) refresh() secret {
	p := s.protection
	session := p.binding(s.request)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.private()
	if s.loaded && bytes.Equal(session, s.session) {
		return s.secret
	}
	if sec, ok := p.fromCookie(s.request, session); ok && !s.loaded {
		s.secret, s.session, s.loaded = sec, session, true
		return sec
	}
	s.renew(session)
	return s.secret
}

// renew makes a new secret for session and sets the cookie. The caller holds mu.
func (s *State) renew(session []byte) {
	p := s.protection
	rand.Read(s.secret[:randomSize]) // never fails since Go 1.24
	p.mac.Sum(s.secret[:randomSize], s.secret[:randomSize], session)
	s.session, s.loaded = session, true

	var text [plainLen]byte
	encoding.Encode(text[:], s.secret[:])
	cookie := p.cookieName + "=" + string(text[:]) + p.cookieAttrs
	s.info.LockHeader()
	header := s.writer.Header()
	lines := header["Set-Cookie"]
	kept := lines[:0:0]
	for _, line := range lines {
		if !strings.HasPrefix(line, cookie[:len(p.cookieName)+1]) {
			kept = append(kept, line)
		}
	}
	header["Set-Cookie"] = append(kept, cookie)
	s.info.UnlockHeader()
	s.private()
}

// private marks the response as one visitor's own.
func (s *State) private() {
	s.info.LockHeader()
	defer s.info.UnlockHeader()
	header := s.writer.Header()
	request.AddVary(header, "Cookie")
	request.NoShare(header)
}

// fromCookie returns the first secret among r's cookies that this site made
// for session.
func (p *Protection) fromCookie(r *http.Request, session []byte) (found secret, ok bool) {
	request.Cookies(r.Header, p.cookieName, func(text string) bool {
		found, ok = decodeToken(text)
		ok = ok && p.made(&found, session)
		return !ok
	})
	return found, ok
}

// made reports whether this site made sec for session.
func (p *Protection) made(sec *secret, session []byte) bool {
	return p.mac.Verify(sec[randomSize:], sec[:randomSize], session)
}

// masked returns the secret under a fresh one-time mask, after the mask.
func (sec secret) masked() string {
	var raw [2 * secretSize]byte
	rand.Read(raw[:secretSize])
	subtle.XORBytes(raw[secretSize:], raw[:secretSize], sec[:])
	var text [maskedLen]byte
	encoding.Encode(text[:], raw[:])
	return string(text[:])
}

func decodeSecret(text string) (sec secret, ok bool) {
	if len(text) != plainLen {
		return sec, false
	}
	var buf [plainLen]byte
	copy(buf[:], text)
	_, err := encoding.Decode(sec[:], buf[:])
	return sec, err == nil
}

// decodeToken returns the secret that a token holds, masked or not.
func decodeToken(text string) (sec secret, ok bool) {
	if len(text) != maskedLen {
		return decodeSecret(text)
	}
	var buf [maskedLen]byte
	copy(buf[:], text)
	var raw [2 * secretSize]byte
	if _, err := encoding.Decode(raw[:], buf[:]); err != nil {
		return sec, false
	}
	subtle.XORBytes(sec[:], raw[:secretSize], raw[secretSize:])
	return sec, true
}

// checkToken compares the token of form or header with the cookie. Of several
// cookies of the name, which only an older browser lets a sibling domain
// plant, any may match: one that this site did not make for this session
// opens nothing.
func (p *Protection) checkToken(r *http.Request) *Refusal {
	if refusal := p.checkCookies(r); refusal != nil {
		return refusal
	}
	text, source, refusal := p.sentToken(r)
	if refusal != nil {
		return refusal
	}
	sent, ok := decodeToken(text)
	if !ok {
		return malformedToken(text, source)
	}
	var matched, made bool
	request.Cookies(r.Header, p.cookieName, func(value string) bool {
		sec, ok := decodeToken(value)
		if !ok || subtle.ConstantTimeCompare(sec[:], sent[:]) != 1 {
			return true
		}
		matched = true
		made = p.made(&sec, p.binding(r))
		return false
	})
	switch {
	case made:
		return nil
	case matched:
		return refuse(ReasonCookieForeign, "the cookie was made for another session or with another key, or was planted")
	}
	return refuse(ReasonTokenIncorrect, "the token from %s does not belong to the cookie", source)
}

// checkCookies refuses a request none of whose cookies can be a secret.
func (p *Protection) checkCookies(r *http.Request) (refusal *Refusal) {
	reason, seen := ReasonNoCookie, false
	request.Cookies(r.Header, p.cookieName, func(value string) bool {
		if _, seen = decodeToken(value); seen {
			return false
		}
		reason = ReasonCookieLength
		if hasTokenLength(value) {
			reason = ReasonCookieChars
		}
		return true
	})
	if seen {
		return nil
	}
	return refuse(reason, "no usable cookie %s was sent", p.cookieName)
}

func malformedToken(text, source string) *Refusal {
	if hasTokenLength(text) {
		return refuse(ReasonTokenChars, "the token from %s holds invalid characters", source)
	}
	return refuse(ReasonTokenLength, "the token from %s has the wrong length", source)
}

// hasTokenLength reports whether text has as many characters as a token.
func hasTokenLength(text string) bool {
	if len(text) > 4*maskedLen {
		return false
	}
	n := utf8.RuneCountInString(text)
	return n == plainLen || n == maskedLen
}

// sentToken returns the token that r carries and where it was found. As in
// Django, a form field that is not empty goes before the header.
func (p *Protection) sentToken(r *http.Request) (text, source string, refusal *Refusal) {
	if r.Method == http.MethodPost {
		text, refusal = p.formToken(r)
		if text != "" || refusal != nil {
			return text, "the form", refusal
		}
	}
	switch values := r.Header[p.headerKey]; len(values) {
	case 0:
		return "", "", refuse(ReasonTokenMissing, "no token in the form field %s or the header %s", p.fieldName, p.headerName)
	case 1:
		return values[0], "the header", nil
	default:
		return "", "", refuse(ReasonTokenIncorrect, "several headers %s", p.headerName)
	}
}
