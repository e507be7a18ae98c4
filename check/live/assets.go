package live

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
)

// askAssets asks for the first of the site's own scripts, stylesheets and
// images that the page loads.
func (s *survey) askAssets(ctx context.Context) {
	const most = 6
	seen := map[string]bool{}
	for _, list := range [][]resource{s.page.scripts, s.page.styles, s.page.loads} {
		for _, r := range list {
			if r.url == nil || originOf(r.url) != originOf(s.auto.url) || seen[r.url.RequestURI()] || len(seen) == most || r.tag == "iframe" || r.tag == "frame" {
				continue
			}
			seen[r.url.RequestURI()] = true
			u := *r.url
			u.Fragment = ""
			a := s.client.do(ctx, ask{url: &u, body: maxBody})
			if !a.ok() || a.status != http.StatusOK || a.html() {
				continue
			}
			s.assets = append(s.assets, a)
			if strings.Contains(a.header.Get("Content-Type"), "css") { // what it loads belongs to the page
				sheet := &page{base: a.url}
				sheet.css("style", string(a.body))
				s.page.styles, s.page.loads = append(s.page.styles, sheet.styles...), append(s.page.loads, sheet.loads...)
			}
		}
	}
}

// assetCookie is about cookies that come with files.
func assetCookie() rule {
	return rule{check.Rule{
		ID: "live-cookie-asset", Title: "A file sets a cookie", Level: check.Info, Tags: []string{"cookies", "caching"},
		Why: "Caches keep scripts, stylesheets and images, and with them the cookie of whoever asked first.",
		Fix: "Serve files in front of whatever sets cookies, or from a handler that sets none.",
		CWE: []int{524}, ASVS: []string{"V14.2.2"}, OWASP: "A02",
	}, A, func(s *survey) []check.Finding {
		for _, a := range s.assets {
			if cookies := slices.DeleteFunc(readCookies(a, s.now), func(c cookie) bool { return c.deletes }); len(cookies) > 0 {
				return one(a, "A file sets the cookie "+clip(cookies[0].name, 100), a.caching())
			}
		}
		return nil
	}}
}
