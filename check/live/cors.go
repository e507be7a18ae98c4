package live

import (
	"net/http"
	"strings"
)

// What a site's CORS headers allow the origin that asked, as a browser reads
// them.
type corsAnswer int

const (
	corsNone        corsAnswer = iota
	corsPublic                 // everybody, without credentials
	corsReads                  // this origin, without credentials
	corsCredentials            // this origin, with credentials
	corsBroken                 // * with credentials, which browsers refuse
)

// judgeCORS reads the headers of the answer to a request with the Origin.
func judgeCORS(h http.Header, origin string) corsAnswer {
	values := h.Values("Access-Control-Allow-Origin")
	if len(values) != 1 {
		return corsNone // several are refused by browsers
	}
	allowed := strings.TrimSpace(values[0])
	credentials := strings.TrimSpace(h.Get("Access-Control-Allow-Credentials")) == "true"
	switch {
	case allowed == "*" && credentials:
		return corsBroken
	case allowed == "*":
		return corsPublic
	case allowed == origin && credentials:
		return corsCredentials
	case allowed == origin:
		return corsReads
	}
	return corsNone
}
