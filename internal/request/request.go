// Package request holds the one value that all controls share about a request.
//
// Whichever control meets a request first attaches an [Info]; the others find
// it with [From] or [Attach] and fill their own slot. The Info is itself the
// request's context, so that attaching costs one copy of the request and one
// allocation, however many controls follow.
//
// An Info belongs to one request. Its plain fields are written by the control
// that owns them, before the next handler is called, and only read after that;
// the lazy ones ([Info.ID], [Info.Time]) may be asked for by any goroutine.
package request

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Info is what is known about one request. Each field names the package that
// writes it; everybody may read it.
type Info struct {
	context.Context

	// Client, Scheme and Host are written by hosts. Client is the address of
	// the client after trusted proxies, unmapped and without a zone; the zero
	// Addr means that hosts did not run. Scheme is "http" or "https". Host is
	// the host the client asked for, lower case, with its port if one was
	// sent, without a trailing dot.
	Client netip.Addr
	Scheme string
	Host   string

	// Slots of single controls: each holds a pointer to that package's own
	// state and is read through its From function.
	CSP       any // *csp state: policy and nonce of this response
	Session   any // *sessions.Session
	CSRF      any // *csrf state: the token of this session
	RateLimit any // *ratelimit outcome: what the handler said about the request
	Account   any // *accounts state: who is signed in

	// Refusal is the refusal that ended the request, if one did.
	Refusal error

	mu  sync.Mutex
	id  string
	now time.Time

	header sync.Mutex
}

// LockHeader is for whoever notes something in the header of the response
// because a handler asked about its request: it may ask several controls at
// once, from several goroutines, and the header is one map. While it is locked,
// nobody else may be asked. A nil Info, that of a request by itself, locks nothing.
func (i *Info) LockHeader() {
	if i != nil {
		i.header.Lock()
	}
}

// UnlockHeader ends what [Info.LockHeader] began.
func (i *Info) UnlockHeader() {
	if i != nil {
		i.header.Unlock()
	}
}

type key struct{}

// Value returns the Info itself for this package's key and asks the parent
// context otherwise.
func (i *Info) Value(k any) any {
	if _, ok := k.(key); ok {
		return i
	}
	return i.Context.Value(k)
}

// From returns the Info of ctx, or nil if no control attached one.
func From(ctx context.Context) *Info {
	if i, ok := ctx.(*Info); ok {
		return i
	}
	i, _ := ctx.Value(key{}).(*Info)
	return i
}

// Attach returns the Info of r and the request that carries it: r itself if it
// has one already, a shallow copy otherwise.
func Attach(r *http.Request) (*Info, *http.Request) {
	if i := From(r.Context()); i != nil {
		return i, r
	}
	return Into(new(Info), r)
}

// Into attaches i, which must be new, to r. It lets the composer put the Info
// into a larger value and save an allocation.
func Into(i *Info, r *http.Request) (*Info, *http.Request) {
	i.Context = r.Context()
	return i, r.WithContext(i)
}

// Time returns the moment this request is judged by: the clock is read once,
// by whoever asks first. A nil clock means time.Now.
func (i *Info) Time(clock func() time.Time) time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.now.IsZero() {
		if clock == nil {
			clock = time.Now
		}
		i.now = clock()
	}
	return i.now
}

// ID returns the request's id, 32 hexadecimal digits, made when first asked for.
func (i *Info) ID() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.id == "" {
		var b [16]byte
		rand.Read(b[:]) // never fails since Go 1.24
		var text [32]byte
		hex.Encode(text[:], b[:])
		i.id = string(text[:])
	}
	return i.id
}

// SetID takes over an id given by a trusted proxy. It reports whether the id
// was taken: 1 to 64 letters, digits and hyphens, and none set before.
func (i *Info) SetID(id string) bool {
	if len(id) == 0 || len(id) > 64 {
		return false
	}
	for _, c := range []byte(id) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-') {
			return false
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.id != "" {
		return false
	}
	i.id = id
	return true
}

// Secure reports whether the client's connection is HTTPS: as hosts decided,
// or, where hosts did not run, whether this connection itself is TLS.
func Secure(r *http.Request) bool {
	if i := From(r.Context()); i != nil && i.Scheme != "" {
		return i.Scheme == "https"
	}
	return r.TLS != nil
}

// Host returns the host the client asked for: as hosts decided, or, where hosts
// did not run, the Host header as sent.
func Host(r *http.Request) string {
	if i := From(r.Context()); i != nil && i.Host != "" {
		return i.Host
	}
	return r.Host
}
