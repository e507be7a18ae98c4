package headers

import (
	"net/http"
	"strings"
)

// SiteData is a kind of data that a browser keeps for a site.
type SiteData string

// The kinds of data that Clear-Site-Data names (https://www.w3.org/TR/clear-site-data/).
const (
	// Cache is the cached responses, so that the back button shows no page of
	// the user who left. Large caches take browsers noticeable time.
	Cache SiteData = "cache"
	// Cookies is all cookies of the registrable domain, other hosts' included:
	// it signs users out of every site below the domain.
	Cookies SiteData = "cookies"
	// Storage is local and session storage, IndexedDB and service workers.
	Storage SiteData = "storage"
)

// ClearSiteData asks the browser to forget data of this site; it is for the
// answer to a logout. Without kinds it names [Cache] and [Storage], and leaves
// cookies to those who set them. Browsers obey over HTTPS only. It must be
// called before the header is written.
func ClearSiteData(h http.Header, kinds ...SiteData) {
	if len(kinds) == 0 {
		kinds = []SiteData{Cache, Storage}
	}
	var quoted []string
	for _, kind := range kinds {
		switch kind {
		case Cache, Cookies, Storage:
			quoted = append(quoted, `"`+string(kind)+`"`)
		}
	}
	if len(quoted) > 0 {
		h.Set("Clear-Site-Data", strings.Join(quoted, ", "))
	}
}
