package live

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
)

// telling are headers that name a product and nothing that a browser needs;
// after the list of the OWASP Secure Headers Project.
var telling = []string{
	"X-Powered-By", "X-Powered-By-Plesk", "X-Powered-Cms", "X-Server-Powered-By", "Powered-By", "X-Aspnet-Version", "X-Aspnetmvc-Version", "X-Generator", "X-Generated-By",
	"X-Php-Version", "X-Cms", "X-Cf-Powered-By", "X-Framework", "X-Turbo-Charged-By", "X-Litespeed-Cache", "X-Mod-Pagespeed", "X-Page-Speed", "X-Owa-Version", "X-Beserver",
	"X-Feserver", "X-Diaginfo", "X-Calculatedbetarget", "X-Cocoon-Version", "X-Content-Encoded-By", "X-Jitsi-Release", "X-Sourcefiles", "X-Umbraco-Version", "X-Varnish-Backend",
	"X-Varnish-Server", "X-Redirect-By", "X-Nextjs-Page", "X-Nextjs-Matched-Path", "X-Envoy-Upstream-Service-Time", "X-Envoy-Original-Dst-Host", "X-Envoy-Internal",
	"X-Kubernetes-Pf-Flowschema-Ui", "X-Kubernetes-Pf-Prioritylevel-Uid", "X-Runtime", "X-Backend", "X-Backend-Server", "X-Upstream", "X-Served-By-Host", "Liferay-Portal",
	"Oraclecommercecloud-Version", "Pega-Host", "X-Oneagent-Js-Injection", "X-Ruxit-Js-Agent", "X-Dtinjectedservlet", "X-Dtagentid", "X-Dthealthcheck", "X-Atmosphere-Error",
	"X-Old-Content-Length", "X-Debug-Token", "X-Debug-Token-Link", "X-Drupal-Cache", "X-Drupal-Dynamic-Cache", "X-Pingback", "X-Rack-Cache", "Sourcemap", "X-Sourcemap", "$wsep", "Product",
}

// retired are headers that browsers have given up.
var retired = []string{"Public-Key-Pins", "Public-Key-Pins-Report-Only", "Expect-Ct", "Feature-Policy", "X-Content-Security-Policy", "X-Webkit-Csp", "P3p", "X-Ua-Compatible", "Report-To"}

var versioned = regexp.MustCompile(`[0-9]+\.[0-9]`)

var address = regexp.MustCompile(`\b(?:10|127|192\.168|172\.(?:1[6-9]|2[0-9]|3[01]))(?:\.[0-9]{1,3}){2,3}\b`)

// signature is how servers sign the error pages that they bring: with a slash
// before the version, or in words of their own. A page that speaks of PHP 8.1
// is none.
var signature = regexp.MustCompile(`(?i)\b(?:nginx|openresty|tengine|angie|apache|apache tomcat|apache-coyote|lighttpd|litespeed|undertow|wildfly|jboss|glassfish|weblogic|websphere|microsoft-iis|werkzeug|gunicorn|uvicorn|hypercorn|php|puma|webrick|traefik|haproxy|varnish|squid|envoy|kestrel|cherrypy|tornadoserver|twistedweb|cowboy|express|jetty:/)/ ?v?\d+\.\d[\w.+-]*` +
	`|\bIIS \d+\.\d Detailed Error|ASP\.NET Version:[\d.]+|Phusion Passenger(?:\(R\)| Standalone| Enterprise)? \d+\.\d[\d.]*|GlassFish Server Open Source Edition\s+\d+\.\d[\d.]*|WebLogic Server \d+\.\d[\d.]*`)

// signed returns how a server signed an error page, "" if it did not. A page
// of the site's own is long, and may speak of versions.
func signed(a *answer) string {
	const most = 16 << 10
	if len(a.body) > most {
		return ""
	}
	return signature.FindString(string(a.body))
}

func bannerRules() []rule {
	banner := func(id, title string, level check.Level, cap Grade, why, fix string, judge func(*survey) []check.Finding) rule {
		return rule{check.Rule{ID: id, Title: title, Level: level, Tags: []string{"headers"}, Why: why, Fix: fix, CWE: []int{200, 497}, ASVS: []string{"V13.4.6"}}, cap, judge}
	}
	return []rule{
		banner("live-banner-version", "A header names the version of a product", check.Warning, BPlus,
			"When a hole in that version becomes known, the site is on every list of targets within the hour.",
			"Remove the header, or at least the version.", func(s *survey) []check.Finding {
				return s.banners(func(name, value string) bool {
					return versioned.MatchString(value) && (name == "Server" || name == "Via" || slices.Contains(telling, name))
				}, "names a version")
			}),
		banner("live-banner-product", "A header names a product", check.Info, A,
			"It spares an attacker the search for what the site is built on.",
			"Remove the header.", func(s *survey) []check.Finding {
				return s.banners(func(name, value string) bool {
					return !versioned.MatchString(value) && slices.Contains(telling, name)
				}, "names what the site is built on")
			}),
		banner("live-error-version", "An error page names the version of a product", check.Warning, BPlus,
			"When a hole in that version becomes known, the site is on every list of targets within the hour.",
			"Show error pages of your own, or switch the server's signature off (server_tokens off, ServerSignature Off, ServerTokens Prod).", func(s *survey) []check.Finding {
				for _, a := range s.errors() {
					if what := signed(a); what != "" {
						return one(a, fmt.Sprintf("The answer with status %d names a version", a.status), what)
					}
				}
				return nil
			}),
		banner("live-banner-generator", "A page names the version of what made it", check.Info, A,
			"When a hole in that version becomes known, the site is on every list of targets within the hour.",
			"Remove the meta element generator, or the version in it.", func(s *survey) []check.Finding {
				return s.onDocuments(func(v visit) (string, string) {
					if versioned.MatchString(v.page.generator) {
						return "The meta element generator names a version", v.page.generator
					}
					return "", ""
				})
			}),
		banner("live-banner-address", "An answer names a private address", check.Warning, B,
			"It shows how the network behind the site is built, which is where the next step would lead.",
			"Remove the header, or correct the name that the application takes for its own.", func(s *survey) []check.Finding {
				return s.internalAddresses()
			}),
		banner("live-header-retired", "A header is sent that browsers have given up", check.Info, APlus,
			"It does nothing, and whoever reads the settings believes that it does.",
			"Remove it; Permissions-Policy and Reporting-Endpoints have taken the place of Feature-Policy and Report-To.", func(s *survey) []check.Finding {
				return s.banners(func(name, _ string) bool { return slices.Contains(retired, name) }, "does nothing in browsers of today")
			}),
	}
}

// banners finds each header once, at the first answer that has it.
func (s *survey) banners(meant func(name, value string) bool, what string) []check.Finding {
	var found []check.Finding
	seen := map[string]bool{}
	for _, a := range s.everything() {
		if a.url.Hostname() != s.auto.url.Hostname() {
			continue
		}
		var names []string
		for name := range a.header {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if value := a.get(name); !seen[name] && meant(name, value) {
				seen[name] = true
				f := one(a, "The header "+clip(name, 60)+" "+what, name+": "+value)
				f[0].Key = name
				found = append(found, f...)
			}
		}
	}
	return found
}

// internalAddresses finds private addresses in headers that name one, unless
// the site itself is at a private address.
func (s *survey) internalAddresses() []check.Finding {
	if slices.ContainsFunc(s.addresses, func(a netip.Addr) bool { return !public(a) }) {
		return nil
	}
	for _, a := range s.everything() {
		for name, values := range a.header {
			if name == "Content-Security-Policy" || name == "Set-Cookie" {
				continue
			}
			if match := address.FindString(strings.Join(values, ", ")); match != "" {
				return one(a, "The header "+clip(name, 60)+" names a private address", match)
			}
		}
	}
	return nil
}
