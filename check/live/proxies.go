package live

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// An override is a request whose header or query asks for something other than
// its first line says. It counts if the answer is that of the other request,
// and the same request that asks for nothing else still gets the page.
type override struct {
	kind   string // what the rules look for
	answer *answer
}

// The kinds of override.
const (
	overrideMethod = "method"
	overrideURL    = "url"
	overrideScheme = "scheme"
)

// harmless is a method that changes nothing wherever it is known (RFC 4918).
const harmless = "PROPFIND"

// askOverrides asks whether headers that only a proxy should send, or a
// parameter, change the method, the path or the scheme of a request.
func (s *survey) askOverrides(ctx context.Context) {
	if s.auto.status != http.StatusOK {
		return
	}
	refused := func(a *answer) bool {
		return a.status == http.StatusMethodNotAllowed || a.status == http.StatusNotImplemented || a.status == http.StatusNotFound
	}
	named := func(value string, names ...string) http.Header {
		h := http.Header{}
		for _, name := range names {
			h[name] = []string{value}
		}
		return h
	}
	methods := []string{"X-Http-Method-Override", "X-Http-Method", "X-Method-Override"}
	paths := []string{"X-Original-Url", "X-Rewrite-Url"}
	schemes := []string{"X-Forwarded-Proto", "X-Forwarded-Scheme", "X-Scheme", "X-Url-Scheme"}
	missing := "/merlon-scan-" + s.secret
	with := func(query string) *url.URL {
		u := s.unique(s.auto.url)
		if query != "" {
			u.RawQuery += "&" + query
		}
		return u
	}
	for _, o := range []struct {
		kind, what      string
		header, control http.Header
		query, plain    string
		fault           func(*answer) bool
	}{
		{overrideMethod, "X-HTTP-Method-Override: " + harmless, named(harmless, methods...), named("GET", methods...), "", "", refused},
		{overrideMethod, "_method=" + harmless, nil, nil, "_method=" + harmless, "_method=GET", refused},
		{overrideURL, "X-Original-URL: " + missing, named(missing, paths...), named(s.auto.url.EscapedPath(), paths...), "", "", func(a *answer) bool {
			return a.status == http.StatusNotFound && s.missing.ok() && s.missing.status == http.StatusNotFound
		}},
		{overrideScheme, "X-Forwarded-Proto: http", named("http", schemes...), named("https", schemes...), "", "", func(a *answer) bool {
			next := a.location()
			return next != nil && a.https() && next.Scheme == "https" && strings.EqualFold(next.Hostname(), a.url.Hostname()) && next.Path == a.url.Path
		}},
	} {
		if o.kind == overrideScheme && !s.auto.https() {
			continue
		}
		a := s.client.do(ctx, ask{url: with(o.query), header: o.header, anon: true, what: shown(s.auto.url) + " with " + o.what})
		if !a.ok() || !o.fault(a) {
			continue
		}
		if c := s.client.do(ctx, ask{url: with(o.plain), header: o.control, anon: true}); c.ok() && c.status == http.StatusOK {
			s.overrides = append(s.overrides, override{o.kind, a})
		}
	}
}

// A deception is a page that a site shows under a path that looks like a file,
// and what a stranger got who asked for the same.
type deception struct {
	page, bait, again *answer
}

// askDeception asks for pages that are meant for one visitor under paths that
// a cache takes for files. The names are ones that nobody else asks for, so
// that what a cache keeps reaches nobody.
func (s *survey) askDeception(ctx context.Context) {
	const most = 2
	tried := 0
	for _, v := range s.pages {
		if tried == most || !v.answer.html() || v.answer.status != http.StatusOK || !s.personal(v.answer) {
			continue
		}
		tried++
		path := strings.TrimSuffix(v.answer.url.Path, "/")
		for _, mark := range []string{"/", ";", "?", "#"} { // the last two are sent as %3F and %23
			u := *v.answer.url
			u.Path, u.RawPath, u.RawQuery, u.Fragment = path+mark+"merlon-scan-"+s.secret+".css", "", "", ""
			if path == "" {
				u.Path = "/" + strings.TrimPrefix(u.Path, "/")
			}
			bait := s.client.do(ctx, ask{url: &u, body: maxBody})
			if !bait.ok() || bait.status != http.StatusOK || !bait.html() || !alike(bait, v.answer) || s.shownAnyway(bait) {
				continue
			}
			again := s.client.do(ctx, ask{url: &u, body: maxBody, anon: true})
			s.deceptions = append(s.deceptions, deception{v.answer, bait, again})
			break
		}
	}
}

// personal reports whether the page is meant for one visitor: it begins a
// session, or says so, or the scan was told who it is.
func (s *survey) personal(a *answer) bool {
	value := strings.ToLower(a.get("Cache-Control"))
	return len(s.config.Header) > 0 && originOf(a.url) == s.client.origin ||
		strings.Contains(value, "no-store") || strings.Contains(value, "private") ||
		slices.ContainsFunc(readCookies(a, s.now), func(c cookie) bool { return c.session() && !c.deletes })
}

// shownAnyway reports whether the site shows the same for any path, as those
// do that are one page with a script.
func (s *survey) shownAnyway(a *answer) bool {
	return s.missing.ok() && s.missing.status == a.status && alike(s.missing, a)
}

// fromCache reports whether a cache on the way says that it gave the answer
// from what it kept.
func fromCache(a *answer) bool {
	if age := strings.TrimSpace(a.header.Get("Age")); age != "" && age != "0" {
		return true
	}
	for _, name := range []string{"X-Cache", "Cf-Cache-Status", "X-Cache-Status", "X-Proxy-Cache", "X-Drupal-Cache", "Cache-Status", "X-Varnish-Cache", "X-Nginx-Cache"} {
		for word := range strings.FieldsFuncSeq(strings.ToLower(a.get(name)), func(r rune) bool { return r < 'a' || r > 'z' }) {
			if word == "hit" {
				return true
			}
		}
	}
	return false
}
