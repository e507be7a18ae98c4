package conf

import (
	"context"
	"net/http"
	"net/netip"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/hosts"
)

func siteProxySpoof() check.Rule {
	return onSite(check.Rule{
		ID:    "site-proxy-spoof",
		Title: "The site believes a stranger's forwarding headers",
		Level: check.Critical,
		Tags:  []string{"proxies"},
		Why:   "A client that chooses its own address escapes every limit and lockout, and its traces lead to somebody else.",
		Fix:   "Let merlon.New compose the site, and list only your own proxies in TRUSTED_PROXIES.",
		More:  "Django takes the header of SECURE_PROXY_SSL_HEADER from anybody.",
		CWE:   []int{348, 290},
		ASVS:  []string{"V4.1.3", "V15.3.4"},
		OWASP: "A01",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		address := netip.MustParseAddr(stranger)
		if proxies, err := hosts.ParseProxies(l.set.Hosts.TrustedProxies); err == nil {
			for _, p := range proxies {
				if p.Contains(address) {
					return // trusted-proxies-broad says so
				}
			}
		}
		forged := map[string]string{
			"X-Forwarded-For": "198.51.100.99", "X-Real-Ip": "198.51.100.99", "Forwarded": "for=198.51.100.99;proto=https",
			"X-Forwarded-Proto": "https", "X-Forwarded-Host": "forged.merlon-check.invalid",
		}
		p := probe{path: pathSeen, header: forged}
		if a := l.ask(ctx, protected, p); a.status == http.StatusOK && strings.Contains(a.body.String(), "198.51.100.99") {
			l.saw(p, a, "A stranger's headers changed whom the site takes for its client").Evidence = a.body.String()
		}
		p.plain = true
		honest := l.ask(ctx, protected, probe{path: pathSeen, plain: true})
		if a := l.ask(ctx, protected, p); a.status == http.StatusOK && honest.status >= 300 && honest.status < 400 {
			l.saw(p, a, "A stranger's headers made plain http pass for https")
		}
	})
}
