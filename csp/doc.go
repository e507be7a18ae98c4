// Package csp sends a Content-Security-Policy, so that a script which someone
// managed to place in a page does not run (CWE-79), and helps a site get there:
// it enforces one policy and tries another (report-only) at the same time,
// collects the violations that browsers report, and proposes the smallest
// change that would have allowed what was legitimate.
//
//	protection, err := csp.New(csp.Config{}) // the strict policy
//	if err != nil { … }
//	http.ListenAndServe(addr, protection.Handler(mux))
//
// and in a page:
//
//	fmt.Fprintf(w, `<script nonce="%s">…</script>`, csp.Nonce(r.Context()))
//
// # The nonce
//
// [Nonce] makes the nonce when it is first asked for and writes it into the
// header then. So it must be asked for before the response's header is
// written: a nonce asked for later is in no header, and the browser blocks the
// block that carries it. A response that never asks for one carries a policy
// without it that allows no more, at the cost of one shared header value, and
// stays cacheable. A response with a nonce is marked "private, no-store",
// unless it already says private or no-store: from a shared cache the nonce
// would be everybody's.
//
// # What it does not do
//
// It does not find the hole through which the script came, and does not wrap
// the ResponseWriter: streaming, flushing and hijacking work as without it. A
// handler that sets the header itself has the last word.
//
// The sources are the W3C's CSP Level 3, Trusted Types and Reporting drafts,
// Django 6.1 and django-csp 4.0 (whose settings each have their like here),
// and Google's csp_evaluator for [Evaluate].
package csp
