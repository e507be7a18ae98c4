package conf

import "github.com/merlon-go/merlon/check"

func upstreamPlaintext() check.Rule {
	return onSettings(check.Rule{
		ID:     "upstream-plaintext",
		Title:  "The application behind the gateway is reached without TLS",
		Level:  check.Error,
		Deploy: true,
		Tags:   []string{"settings", "gateway", "tls"},
		Why:    "Whoever is on the way reads and changes what the gateway protects, and can pose as it.",
		Fix:    "Write https:// in UPSTREAM.",
		CWE:    []int{319},
		ASVS:   []string{"V12.3.3"},
		OWASP:  "A04",
	}, func(l *look) {
		u := l.set.Gateway.Upstream
		if u == nil || u.Scheme == "https" || farName(u.Hostname()) == here {
			return
		}
		if f := l.add("UPSTREAM", "UPSTREAM begins with %s://", u.Scheme); farName(u.Hostname()) == near {
			f.Level = check.Info
		}
	})
}
