// Package headers sets the security headers that are the same on every answer.
//
// It guards against guessed content types (X-Content-Type-Options), clickjacking
// (X-Frame-Options), leaking URLs (Referrer-Policy), windows and resources
// shared with other origins (Cross-Origin-Opener-Policy, -Resource-Policy,
// -Embedder-Policy), features of the browser that the site does not use
// (Permissions-Policy), and plain HTTP after the first visit
// (Strict-Transport-Security).
//
// It does not set the Content-Security-Policy (package csp does), does not
// redirect to HTTPS (package hosts does), and does not take away headers that
// a handler sets, such as Server or X-Powered-By: net/http sends none.
//
//	policy, err := headers.New(headers.Config{})
//	http.ListenAndServe(":8000", policy.Handler(mux))
//
// The headers are set before the handler runs. They stand on every status, and
// a handler that sets one of them on purpose has its way: [Policy.Weaker] tells
// where that weakens the answer, [Policy.Exemptions] lists what the
// configuration itself takes back.
package headers
