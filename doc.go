// Package merlon makes a Go site as safe as a well-kept Django site, or safer,
// by default: it composes the controls of this module in a fixed and tested
// order around any http.Handler, adds accounts, and checks itself.
//
//	site, err := merlon.New(set, stores)        // every setting is validated here
//	http.Handle("/", site.Protect(mux))         // every request meets every control
//
// A request meets, in this order: recovery and request id, size limits, client
// address and scheme ([hosts]), security headers ([headers], [csp]), a strict
// look at the request itself, the allowed hosts and the redirect to HTTPS,
// rate limits, the session, the CSRF protection, and then either Merlon's own
// routes (/account/, /-/, /.well-known/) or the handler. Headers are set before
// anything can refuse, so they stand on every answer.
//
// What this package does not do: it does not authorise (who may see which page
// is the handler's business), it does not inspect bodies for attacks, and it
// does not terminate TLS.
//
// It takes its stores as interfaces, so importing it links no database driver.
//
// [hosts]: https://pkg.go.dev/github.com/merlon-go/merlon/hosts
// [headers]: https://pkg.go.dev/github.com/merlon-go/merlon/headers
// [csp]: https://pkg.go.dev/github.com/merlon-go/merlon/csp
package merlon
