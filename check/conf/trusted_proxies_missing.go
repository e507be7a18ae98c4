package conf

import (
	"net/netip"

	"github.com/merlon-go/merlon/check"
)

func trustedProxiesMissing() check.Rule {
	return onSettings(check.Rule{
		ID:     "trusted-proxies-missing",
		Title:  "The site is behind a proxy and trusts none",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "proxies"},
		Why:    "Every client then seems to have the proxy's address: one attacker's failures lock everybody out, and the audit trail names nobody.",
		Fix:    "Set TRUSTED_PROXIES to the proxy's network, or to a preset such as loopback, private or cloudflare.",
		CWE:    []int{348, 645},
		ASVS:   []string{"V4.1.3", "V15.3.4"},
		OWASP:  "A02",
	}, func(l *look) {
		if !l.set.Sound("LISTEN", "PORT") {
			return
		}
		if len(l.set.Hosts.TrustedProxies) > 0 {
			return
		}
		host := hostname(l.set.Server.Listen)
		addr, err := netip.ParseAddr(host)
		if host == "localhost" || err == nil && (addr.IsLoopback() || addr.IsPrivate()) {
			l.add("TRUSTED_PROXIES", "The site listens on %s, so its clients come through a proxy, and TRUSTED_PROXIES is empty", host)
		}
	})
}
