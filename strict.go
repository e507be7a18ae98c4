package merlon

import (
	"net/http"
	"strings"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/deny"
)

const (
	maxURL          = 8 << 10
	maxHeaderFields = 100
)

// strict refuses requests that no browser and no well-meant client sends, before
// anything parses them further: the attacks on a gateway or a handler that
// reads the same bytes differently begin with them.
func (s *Site) strict(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refusal := s.judge(r); refusal != nil {
			deny.Refuse(w, r, refusal, s.sink, s.deny)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Site) judge(r *http.Request) *deny.Refusal {
	refuse := func(status int, reason string) *deny.Refusal {
		return &deny.Refusal{Status: status, Control: "request", Reason: reason, Event: audit.InputValidationFail}
	}
	switch {
	case len(r.RequestURI) > maxURL:
		return refuse(http.StatusRequestURITooLong, "url-too-long")
	case len(r.Header) > maxHeaderFields:
		return refuse(http.StatusRequestHeaderFieldsTooLarge, "too-many-fields")
	case r.Method == http.MethodTrace || r.Method == "TRACK" || r.Method == http.MethodConnect:
		// TRACE echoes cookies back to a script; CONNECT is for proxies.
		return refuse(http.StatusMethodNotAllowed, "method")
	case r.ContentLength > s.set.Server.BodyLimit:
		return refuse(http.StatusRequestEntityTooLarge, "body-too-large")
	case badPath(r.URL.Path):
		return refuse(http.StatusBadRequest, "path")
	}
	return nil
}

// badPath reports a decoded path that holds a control character: %00 ends a
// file name early in other languages, %0a forges a log line or a header.
func badPath(path string) bool {
	for i := range len(path) {
		if c := path[i]; c < ' ' || c == 0x7f {
			return true
		}
	}
	return !strings.HasPrefix(path, "/") && path != "*"
}
