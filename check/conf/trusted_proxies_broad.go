package conf

import (
	"net/netip"
	"strings"

	"github.com/merlon-go/merlon/check"
)

func trustedProxiesBroad() check.Rule {
	return onSettings(check.Rule{
		ID:    "trusted-proxies-broad",
		Title: "TRUSTED_PROXIES believes strangers",
		Level: check.Error,
		Tags:  []string{"settings", "proxies"},
		Why:   "Whoever may connect from such a network chooses the address and scheme the site believes, and so escapes limits and lockouts.",
		Fix:   "Name the addresses of your own proxies.",
		CWE:   []int{348, 290},
		ASVS:  []string{"V4.1.3", "V15.3.4"},
		OWASP: "A02",
	}, func(l *look) {
		for _, entry := range l.set.Hosts.TrustedProxies {
			prefix, err := netip.ParsePrefix(strings.TrimSpace(entry))
			if err != nil {
				continue // a preset, a single address, or an error that package hosts reports
			}
			bits := prefix.Bits()
			addr := prefix.Addr()
			if addr.Is4() && bits < 16 && !addr.IsPrivate() && !addr.IsLoopback() ||
				addr.Is6() && bits < 24 && !addr.IsPrivate() && !addr.IsLoopback() {
				f := l.add("TRUSTED_PROXIES", "TRUSTED_PROXIES holds %s, a large part of the Internet", prefix)
				f.Key = entry
				if bits > 8 {
					f.Level = check.Warning
				}
			}
		}
	})
}
