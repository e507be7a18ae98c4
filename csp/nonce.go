package csp

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"sync"

	"github.com/merlon-go/merlon/internal/request"
)

// nonceSize is 128 bits, what CSP 3 section 7.1 asks for.
const nonceSize = 16

// State is what this package keeps about one response. The composer may put a
// new one into request.Info's CSP slot to save an allocation; everybody else
// lets [Protection.Handler] make it.
type State struct {
	protection *Protection
	info       *request.Info
	header     http.Header
	quiet      bool // this visitor does not report
	insecure   bool // plain HTTP

	mu     sync.Mutex
	plan   *plan
	nonce  string
	values [2]string // the header values with the nonce
}

func from(ctx context.Context) *State {
	info := request.From(ctx)
	if info == nil {
		return nil
	}
	s, _ := info.CSP.(*State)
	if s == nil || s.protection == nil {
		return nil
	}
	return s
}

// Nonce returns the nonce of this response, 22 characters of base64url, for
// the nonce attribute of its script and style elements. The first call puts it
// into the policies, so it must come before the response's header is written:
// later the policy has already gone out without it, and blocks. It also marks
// the response as private. Nonce returns "" outside [Protection.Handler] and
// where no policy uses a nonce.
func Nonce(ctx context.Context) string {
	s := from(ctx)
	if s == nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.headers().nonce {
		s.protection.warnUnused(ctx)
		return ""
	}
	if s.nonce == "" {
		var raw [nonceSize]byte
		rand.Read(raw[:]) // never fails since Go 1.24
		var text [22]byte
		base64.RawURLEncoding.Encode(text[:], raw[:])
		s.nonce = string(text[:])
		s.info.LockHeader()
		defer s.info.UnlockHeader()
		s.write()
		request.NoShare(s.header)
	}
	return s.nonce
}

func (p *Protection) warnUnused(ctx context.Context) {
	if p.logger != nil && p.warned.CompareAndSwap(false, true) {
		p.logger.WarnContext(ctx, "csp nonce asked for, but no policy has a 'nonce' source")
	}
}

// headers returns what this response carries. The caller holds mu, or is alone.
func (s *State) headers() *headers {
	switch {
	case s.quiet:
		return s.plan.quiet
	case s.insecure:
		return s.plan.plain
	}
	return s.plan.loud
}

// install makes pl the plan of this response.
func (s *State) install(pl *plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.info.LockHeader()
	defer s.info.UnlockHeader()
	was := s.plan
	s.plan = pl
	h := s.headers()
	if was != nil {
		s.remove(was)
	}
	if h.enforce.plain != nil && s.header[headerEnforce] == nil {
		s.header[headerEnforce] = h.enforce.plain
	}
	if h.reportOnly.plain != nil && s.header[headerReportOnly] == nil {
		s.header[headerReportOnly] = h.reportOnly.plain
	}
	if h.endpoints != nil && s.header[headerEndpoints] == nil {
		s.header[headerEndpoints] = h.endpoints
	}
	if s.nonce != "" {
		s.write()
	}
}

// remove takes away what the plan was set, except what a handler replaced.
func (s *State) remove(was *plan) {
	for _, h := range []*headers{was.loud, was.plain, was.quiet} {
		s.removeValue(headerEnforce, h.enforce.plain)
		s.removeValue(headerReportOnly, h.reportOnly.plain)
		s.removeValue(headerEndpoints, h.endpoints)
	}
	s.removeValue(headerEnforce, s.values[0:1])
	s.removeValue(headerReportOnly, s.values[1:2])
}

func (s *State) removeValue(key string, ours []string) {
	if same(s.header[key], ours) {
		delete(s.header, key)
	}
}

// write puts the nonce into the header values that are still ours: one that a
// handler set itself stays.
func (s *State) write() {
	h := s.headers()
	if h.enforce.parts != nil && same(s.header[headerEnforce], h.enforce.plain) {
		s.values[0] = h.enforce.render(s.nonce)
		s.header[headerEnforce] = s.values[0:1:1]
	}
	if h.reportOnly.parts != nil && same(s.header[headerReportOnly], h.reportOnly.plain) {
		s.values[1] = h.reportOnly.render(s.nonce)
		s.header[headerReportOnly] = s.values[1:2:2]
	}
}

// same reports whether have is the very slice ours.
func same(have, ours []string) bool {
	return len(have) == 1 && len(ours) == 1 && &have[0] == &ours[0]
}
