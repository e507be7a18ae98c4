package lockout

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/merlon-go/merlon/internal/request"
)

// spelled matches a pattern in every spelling of the path that some program
// takes for it. An exemption must match to the letter; a guard must not.
type spelled struct {
	exact, plain request.Patterns[struct{}]
}

func (s *spelled) add(pattern string) error {
	if err := s.exact.Add(pattern, struct{}{}); err != nil {
		return err
	}
	method, rest, found := strings.Cut(pattern, " ")
	if !found {
		method, rest = "", pattern
	}
	return s.plain.Add(strings.TrimSpace(method+" "+strings.ToLower(strings.TrimSpace(rest))), struct{}{})
}

func (s *spelled) match(r *http.Request) bool {
	if _, ok := s.exact.Match(r); ok {
		return true
	}
	plain := plainPath(r.URL.Path)
	for _, p := range []string{plain, plain + "/"} {
		if _, ok := s.plain.Match(&http.Request{Method: r.Method, Host: r.Host, URL: &url.URL{Path: p}}); ok {
			return true
		}
	}
	return false
}

// plainPath returns the path in lower case with single forward slashes, without
// dot segments, without what servers cut off segments (;parameters, and the
// spaces and dots at their end), and without a slash at its end.
func plainPath(text string) string {
	segments := strings.Split(strings.ToLower(strings.ReplaceAll(text, `\`, "/")), "/")
	for i, s := range segments {
		s, _, _ = strings.Cut(s, ";")
		if s != "." && s != ".." {
			s = strings.TrimRight(s, " .\t\x00")
		}
		segments[i] = s
	}
	return strings.TrimSuffix(path.Clean("/"+strings.Join(segments, "/")), "/")
}
