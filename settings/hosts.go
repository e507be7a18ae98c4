package settings

import "net/url"

// Hosts is where the site is found and whom it believes about that. Package
// hosts judges the entries.
type Hosts struct {
	// Allowed are the hosts the site answers to: exact, or .suffix.
	Allowed []string
	// PublicURL is the origin in mails and redirects. It follows from the
	// first entry of Allowed if nobody set it, and is nil if that is no name.
	PublicURL *url.URL
	// TrustedProxies are networks and presets.
	TrustedProxies []string
	// SSLRedirect sends http to https, to SSLHost if that is not "", except
	// for the paths that match RedirectExempt.
	SSLRedirect    bool
	SSLHost        string
	RedirectExempt []string
}

func (h *Hosts) settings() []Setting {
	return []Setting{
		List("ALLOWED_HOSTS", &h.Allowed, "", "Hosts the site answers to; .example.com stands for the domain and all below it.").
			Dev("localhost,127.0.0.1,[::1],.localhost").Require(),
		webURL(&h.PublicURL, Key{
			Name: "PUBLIC_URL", Type: "origin",
			Doc: "Origin put in mails and redirects. Without it: https and the first of ALLOWED_HOSTS; under --dev http://localhost and the port.",
		}, parseOrigin),
		List("TRUSTED_PROXIES", &h.TrustedProxies, "", "Networks and presets (loopback, private, cloudflare) whose word on client address, scheme and host is taken."),
		Bool("SECURE_SSL_REDIRECT", &h.SSLRedirect, true, "Redirect http to https: 301 for safe methods, 308 for the others.").Dev("false"),
		Text("SECURE_SSL_HOST", &h.SSLHost, "", "Host to redirect to instead of the one asked for."),
		List("SECURE_REDIRECT_EXEMPT", &h.RedirectExempt, "", "Patterns of paths that are served over http as well."),
	}
}
