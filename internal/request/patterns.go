package request

import (
	"fmt"
	"net/http"
)

// Patterns finds the value registered for a request's method, host and path,
// by the patterns of [http.ServeMux]. The zero Patterns matches nothing. It
// must not be added to while it is used; matching is safe for concurrent use.
//
// A request matches only if a ServeMux would have called the pattern's own
// handler: one that it would have redirected first (a path that is not clean,
// or lacks the final slash) does not, for an exemption that also covers those
// is wider than it reads (CVE-2025-47910).
type Patterns[T any] struct {
	mux *http.ServeMux
	all *T // the value of the pattern "/"
}

// Add registers value for pattern. A pattern that ServeMux would refuse, or
// that conflicts with one added before, is an error.
func (p *Patterns[T]) Add(pattern string, value T) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("invalid pattern %q: %v", pattern, r)
		}
	}()
	if p.mux == nil {
		p.mux = http.NewServeMux()
		p.mux.Handle("/", rest{}) // costs less than the mux's own answer for what it does not know
	}
	if pattern != "/" {
		p.mux.Handle(pattern, matched[T]{value})
		return nil
	}
	if p.all != nil {
		return fmt.Errorf("pattern %q is given twice", pattern)
	}
	p.all = &value
	return nil
}

// Empty reports whether nothing was added.
func (p *Patterns[T]) Empty() bool { return p.mux == nil }

// Match returns the value of the most specific pattern that matches r.
func (p *Patterns[T]) Match(r *http.Request) (value T, ok bool) {
	if p.mux == nil || r.Method == http.MethodConnect {
		return value, false
	}
	switch h, _ := p.mux.Handler(r); h := h.(type) {
	case matched[T]:
		return h.value, true
	case rest:
		if p.all != nil {
			return *p.all, true
		}
	}
	return value, false
}

// rest is the handler of requests that no pattern but "/" matches.
type rest struct{}

func (rest) ServeHTTP(http.ResponseWriter, *http.Request) {}

// matched is a handler that only carries a value; nothing ever calls it.
type matched[T any] struct{ value T }

func (matched[T]) ServeHTTP(http.ResponseWriter, *http.Request) {}
