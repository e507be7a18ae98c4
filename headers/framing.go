package headers

import (
	"net/http"
	"strings"
)

// FrameOptions returns a wrapper for a handler whose pages the site itself may
// put into frames: X-Frame-Options is SAMEORIGIN for value SAMEORIGIN, and DENY
// for any other. A route that others may frame is an [Override] that skips the
// header, and a frame-ancestors of its content security policy.
//
// Where the content security policy has frame-ancestors, browsers go by that
// alone: change both.
//
// What a wrapper changes is not in [Policy.Exemptions]; prefer Config.Routes
// where the routes are known.
func FrameOptions(value string) func(http.Handler) http.Handler {
	if value = strings.ToUpper(value); value != "SAMEORIGIN" {
		value = "DENY"
	}
	values := one(value)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header()[nameFrameOptions] = values
			next.ServeHTTP(w, r)
		})
	}
}
