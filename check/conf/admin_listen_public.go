package conf

import (
	"net/netip"

	"github.com/merlon-go/merlon/check"
)

func adminListenPublic() check.Rule {
	return onSettings(check.Rule{
		ID:    "admin-listen-public",
		Title: "Metrics and profiles are open to the network",
		Level: check.Error,
		Tags:  []string{"settings"},
		Why:   "pprof hands out memory, with keys in it, to whoever asks, and a profile slows the site down.",
		Fix:   "Let ADMIN_LISTEN be a loopback address, or one of a private network.",
		CWE:   []int{497, 749},
		ASVS:  []string{"V13.4.5"},
		OWASP: "A02",
	}, func(l *look) {
		if l.set.Server.AdminListen == "" {
			return
		}
		host := hostname(l.set.Server.AdminListen)
		addr, err := netip.ParseAddr(host)
		switch {
		case host == "" || err == nil && addr.IsUnspecified():
			l.add("ADMIN_LISTEN", "ADMIN_LISTEN is on every interface")
		case farName(host) == remote:
			l.add("ADMIN_LISTEN", "ADMIN_LISTEN is the public address %s", host)
		}
	})
}
