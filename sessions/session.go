package sessions

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/request"
)

// A Session is what is known of a visitor: a snapshot, safe for concurrent use.
type Session struct{ rec Record }

// ID names the session in lists; it opens nothing.
func (s *Session) ID() string { return s.rec.ID }

// UserID returns who signed in, or "" if nobody has yet.
func (s *Session) UserID() string { return s.rec.UserID }

// CreatedAt returns when the session began.
func (s *Session) CreatedAt() time.Time { return s.rec.Created }

// AuthenticatedAt returns when the user's credentials were last checked, for
// pages that want it to be recent. The zero Time means never.
func (s *Session) AuthenticatedAt() time.Time { return s.rec.Authenticated }

// ExpiresAt returns when the session ends if no request follows.
func (s *Session) ExpiresAt() time.Time { return s.rec.Expires }

// Get returns the value of key, and whether there is one.
func (s *Session) Get(key string) (value string, ok bool) {
	v, ok := lookup(s.rec.Data, key)
	return string(v), ok
}

// Binding returns a value that changes whenever the token does, for tokens of
// other packages that must die with it. It is not secret by itself. The caller
// must not change it.
func (s *Session) Binding() []byte { return s.rec.Hash[:] }

// visit is the state of one request: the slot Info.Session.
type visit struct {
	manager *Manager
	header  http.Header // of the response
	request *http.Request
	info    *request.Info

	mu      sync.Mutex
	session *Session // nil for a visitor without one
	loaded  Session  // what session points to at first: saves an allocation
	noted   noted
}

// noted says which headers tell caches about the session already.
type noted int

const (
	nothing noted = iota
	variesNoted
	privateNoted
)

func visitFrom(ctx context.Context) *visit {
	if info := request.From(ctx); info != nil {
		v, _ := info.Session.(*visit)
		return v
	}
	return nil
}

// From returns the visitor's session, or nil if there is none (also where no
// [Manager.Handler] ran). Asking makes the response private; see the package
// comment. It must be asked first before the header is written.
func From(ctx context.Context) *Session {
	v := visitFrom(ctx)
	if v == nil {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.note()
	return v.session
}

// Binding returns [Session.Binding] of the request's session, or nil: what a
// CSRF control asks for.
func Binding(r *http.Request) []byte {
	if s := From(r.Context()); s != nil {
		return s.Binding()
	}
	return nil
}

// The values are shared by all responses; their capacity keeps an append of the
// handler from writing into them.
var (
	varyCookie = []string{"Cookie"}
	noStore    = []string{"no-store"}
)

// note marks the response as depending on the cookie, and as the visitor's own
// if there is a session: a shared cache that stores it would hand it to others
// (CVE-2026-35192 is the class).
func (v *visit) note() {
	if v.noted == privateNoted || v.noted == variesNoted && v.session == nil {
		return
	}
	v.info.LockHeader()
	defer v.info.UnlockHeader()
	if v.noted == nothing {
		v.noted = variesNoted
		switch vary := v.header["Vary"]; {
		case len(vary) == 0:
			v.header["Vary"] = varyCookie
		case !varies(vary):
			v.header["Vary"] = append(vary[:len(vary):len(vary)], "Cookie")
		}
	}
	if v.session != nil && v.noted != privateNoted {
		v.noted = privateNoted
		v.header["Cache-Control"] = noStore
	}
}

func varies(lines []string) bool {
	for _, line := range lines {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.TrimSpace(name); strings.EqualFold(name, "Cookie") || name == "*" {
				return true
			}
		}
	}
	return false
}

// seen writes that the visitor was here, if that was not written lately. It
// reports false if the session was ended meanwhile. Any other fault of the
// store is let go: the session was loaded and is good, and it will merely be
// taken for idle earlier.
func (v *visit) seen(ctx context.Context, r *Record, now time.Time) bool {
	m := v.manager
	if now.Sub(r.LastSeen) < m.seen {
		return true
	}
	next := *r
	v.stamp(&next, now)
	switch err := m.store.Save(ctx, next); {
	case err == nil:
		next.Version++
		*r = next
	case isGone(err):
		return false
	}
	return true
}

// stamp notes in r that the visitor is here now.
func (v *visit) stamp(r *Record, now time.Time) {
	r.LastSeen = now
	r.Client = request.Client(v.request)
	r.UserAgent = userAgent(v.request)
	r.Expires = v.manager.expiry(r.Created, now)
}

// maxAgent bounds the stored User-Agent, in bytes.
const maxAgent = 256

func userAgent(r *http.Request) string {
	agent := r.Header.Get("User-Agent")
	if len(agent) > maxAgent {
		agent = agent[:maxAgent]
	}
	agent = audit.Clean(agent)
	for len(agent) > maxAgent { // what was replaced has grown
		_, n := utf8.DecodeLastRuneInString(agent)
		agent = agent[:len(agent)-n]
	}
	return agent
}
