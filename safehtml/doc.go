// Package safehtml renders html/template pages that cannot be unsafe by
// accident. It serves against cross-site scripting (OWASP ASVS 5.0 1.2.1,
// 1.2.3, 3.2.2; CWE-79), against links that carry users away, and against
// pages that stop half way.
//
// A set of templates is read once from an [fs.FS]. Files under layouts/ and
// partials/ are shared by all pages; every other .html file is a page, named
// by its path without the extension. A page names its layout and fills the
// layout's blocks:
//
//	{{template "layouts/base" .}}
//	{{define "title"}}Sign in{{end}}
//	{{define "main"}}<form method="post">{{csrfField}} … </form>{{end}}
//
// What differs from bare html/template:
//
//   - html/template's own way out of escaping is closed: a template.HTML in the
//     data is escaped like any other text. The only values that are not come from
//     package unsafehtml, so a search for that word finds every one.
//   - A URL attribute takes http, https, mailto and tel URLs and paths of this
//     site; //evil.example and \evil.example, which html/template lets through,
//     become "#". See [URL].
//   - [Load] refuses a template that a strict Content Security Policy would break
//     or that hides a hole: event handler attributes, style attributes, scripts
//     and styles without a nonce, javascript: links, <base>, srcdoc (a document in
//     an attribute is escaped once and so runs), and a form that posts without
//     {{csrfField}} or would hand it to another site.
//   - A page is rendered into a buffer and sent whole, or a 500 is sent.
//
// Functions that every template has:
//
//	csrfField             the hidden field with the CSRF token of this request
//	csrfToken             the bare token
//	nonce                 the CSP nonce of this response
//	static "a.css"        the fingerprinted address of a static file
//	integrity "a.css"     its hash for an integrity attribute (SRI)
//	stylesheet "a.css"    a whole <link>, with integrity
//	script "a.js"         a whole <script>, with integrity, nonce and defer
//	jsonScript "id" VALUE a <script type="application/json"> for VALUE
//	safeURL VALUE         [URL], for use outside URL attributes
//	localURL VALUE        [LocalURL]
//
// The functions that speak of a request take no argument and work in every
// nested template, whatever its dot: each rendering runs on an executor of its
// own, taken from a list, so nothing is cloned while a request waits.
//
// The shortest use:
//
//	pages, err := safehtml.Load(safehtml.Config{FS: files, Nonce: csp.Nonce, CSRFToken: csrf.Token})
//	…
//	pages.Render(w, r, http.StatusOK, "account/login", data)
//
// It does not sanitise HTML that users write (package safehtml/sanitize does),
// and it does not judge template sources from strangers: whoever writes a
// template is trusted, the data is not.
package safehtml
