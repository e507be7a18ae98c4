package conf

import (
	"net/netip"
	"strings"
	"time"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/settings"
)

func lockoutWeak() check.Rule {
	return onSettings(check.Rule{
		ID:    "lockout-weak",
		Title: "Passwords can be guessed for long",
		Level: check.Warning,
		Tags:  []string{"settings", "lockout"},
		Why:   "An attacker may try many passwords before anything slows them down.",
		Fix:   "Keep LOCKOUT_FAILURE_LIMIT at 20 at most, LOCKOUT_COOLOFF at a minute at least, count by user alone and by network alone too, and let LOCKOUT_ALLOW_NETWORKS name single monitors.",
		CWE:   []int{307},
		ASVS:  []string{"V6.3.1"},
		OWASP: "A07",
	}, func(l *look) {
		lockout := l.set.Lockout
		if lockout.FailureLimit <= 0 || lockout.FailureLimit > 20 {
			l.add("LOCKOUT_FAILURE_LIMIT", "%d failures are allowed before anything locks", lockout.FailureLimit)
		}
		if lockout.Cooloff < time.Minute {
			l.add("LOCKOUT_COOLOFF", "A lock lasts only %s", settings.FormatDuration(lockout.Cooloff))
		}
		parameters := "," + strings.ReplaceAll(lockout.Parameters, " ", "") + ","
		if !strings.Contains(parameters, ",user,") {
			l.add("LOCKOUT_PARAMETERS", "Failures are not counted by user alone, so many addresses may guess one password")
		}
		if !strings.Contains(parameters, ",network,") {
			l.add("LOCKOUT_PARAMETERS", "Failures are not counted by network alone, so one address may try many accounts")
		}
		for _, network := range lockout.AllowNetworks {
			if p, err := netip.ParsePrefix(network); err == nil && p.Addr().BitLen()-p.Bits() > widestAllowed {
				l.add("LOCKOUT_ALLOW_NETWORKS", "Nobody in %s is ever locked out", p)
			}
		}
	})
}

// widestAllowed is how many bits may differ within a network that is trusted
// with passwords: 256 addresses of IPv4.
const widestAllowed = 8
