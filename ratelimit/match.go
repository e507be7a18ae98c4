package ratelimit

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/internal/request"
)

// A pattern is a [http.ServeMux] pattern taken apart.
type pattern struct {
	method, host string
	// segments are the path between slashes; "" stands for a wildcard.
	segments []string
	end      ending
}

// ending is how a path goes on after the segments.
type ending uint8

const (
	endHere  ending = iota // not at all
	endSlash               // with a slash: {$}
	endAny                 // with a slash and anything: a trailing slash or {name...}
)

// parsePattern lets ServeMux itself judge the pattern, so that the grammar is
// its own, and then takes it apart.
func parsePattern(text string) (p pattern, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("pattern %q: %v", text, fault)
		}
	}()
	http.NewServeMux().Handle(text, http.NotFoundHandler())

	rest := text
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		p.method, rest = text[:i], strings.TrimLeft(text[i:], " \t")
	}
	slash := strings.IndexByte(rest, '/')
	p.host, rest = rest[:slash], rest[slash+1:]
	for {
		segment, tail, more := strings.Cut(rest, "/")
		switch {
		case !more && segment == "":
			p.end = endAny
			return p, nil
		case !more && segment == "{$}":
			p.end = endSlash
			return p, nil
		case !more && strings.HasSuffix(segment, "...}"):
			p.end = endAny
			return p, nil
		case strings.HasPrefix(segment, "{"):
			p.segments = append(p.segments, "")
		default:
			if literal, err := url.PathUnescape(segment); err == nil {
				segment = literal
			}
			p.segments = append(p.segments, segment)
		}
		if !more {
			return p, nil
		}
		rest = tail
	}
}

// A matcher finds all rules for a request. Its nodes are the segments of the
// patterns; a look-up visits each at most once. It is immutable.
type matcher struct {
	root matchNode
}

type matchNode struct {
	literal map[string]*matchNode
	wild    *matchNode
	ends    [3][]matchRule // by ending
}

type matchRule struct {
	method, host string
	index        int
}

func (m *matcher) add(p pattern, index int) {
	n := &m.root
	for _, segment := range p.segments {
		next := n.wild
		if segment != "" {
			next = n.literal[segment]
		}
		if next == nil {
			next = new(matchNode)
			if segment == "" {
				n.wild = next
			} else {
				if n.literal == nil {
					n.literal = map[string]*matchNode{}
				}
				n.literal[segment] = next
			}
		}
		n = next
	}
	n.ends[p.end] = append(n.ends[p.end], matchRule{p.method, p.host, index})
}

// find appends the indices of the rules for a request to found, in the order
// of the rules.
//
// A path with unusual escapes has two readings: ServeMux splits it before
// unescaping, other programs after. A rule that either reading meets applies:
// in doubt a request is counted.
func (m *matcher) find(found []int, r *http.Request) []int {
	q := query{r: r}
	found = q.walk(found, &m.root, clean(r.URL.Path))
	if r.URL.RawPath != "" {
		q.escaped = true
		found = q.walk(found, &m.root, clean(r.URL.EscapedPath()))
	}
	if len(found) < 2 {
		return found
	}
	slices.Sort(found)
	return slices.Compact(found)
}

type query struct {
	r       *http.Request
	escaped bool
}

// walk appends the rules at n and below. The rest is "" or begins with a slash.
func (q *query) walk(found []int, n *matchNode, rest string) []int {
	if rest == "" {
		return q.collect(found, n.ends[endHere])
	}
	found = q.collect(found, n.ends[endAny])
	if rest == "/" {
		return q.collect(found, n.ends[endSlash])
	}
	if n.wild == nil && n.literal == nil {
		return found
	}
	segment, tail := rest[1:], ""
	if i := strings.IndexByte(segment, '/'); i >= 0 {
		segment, tail = segment[:i], segment[i:]
	}
	if n.wild != nil && segment != "" {
		found = q.walk(found, n.wild, tail)
	}
	if n.literal == nil {
		return found
	}
	if q.escaped {
		if literal, err := url.PathUnescape(segment); err == nil {
			segment = literal
		}
	}
	if next := n.literal[segment]; next != nil {
		found = q.walk(found, next, tail)
	}
	return found
}

func (q *query) collect(found []int, rules []matchRule) []int {
	for i := range rules {
		m := &rules[i]
		if m.method != "" && m.method != q.r.Method && (m.method != http.MethodGet || q.r.Method != http.MethodHead) {
			continue
		}
		if m.host != "" && m.host != hostname(request.Host(q.r)) {
			continue
		}
		found = append(found, m.index)
	}
	return found
}

// hostname is a host as ServeMux compares it: without its port.
func hostname(host string) string {
	if strings.IndexByte(host, ':') < 0 {
		return host
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// clean resolves ., .. and double slashes as ServeMux does before it redirects,
// because what stands behind us may not redirect.
func clean(p string) string {
	if p == "" || p[0] != '/' {
		p = "/" + p
	}
	if len(p) == 1 || !strings.Contains(p, "//") && !strings.Contains(p, "/.") {
		return p
	}
	cleaned := path.Clean(p)
	if p[len(p)-1] == '/' && cleaned != "/" {
		cleaned += "/"
	}
	return cleaned
}
