package conf

import (
	"time"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/settings"
)

func timeoutsLong() check.Rule {
	return onSettings(check.Rule{
		ID:     "timeouts-long",
		Title:  "Slow clients may hold connections for very long",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "limits"},
		Why:    "A client that sends a byte now and then keeps a connection, and a few thousand of them keep everybody else out.",
		Fix:    "Keep READ_HEADER_TIMEOUT at 30s at most and the others at 10m at most.",
		CWE:    []int{400},
		ASVS:   []string{"V13.2.6", "V15.2.2"},
		OWASP:  "A06",
	}, func(l *look) {
		s := l.set.Server
		for _, t := range []struct {
			key         string
			value, most time.Duration
		}{
			{"READ_HEADER_TIMEOUT", s.ReadHeaderTimeout, 30 * time.Second},
			{"READ_TIMEOUT", s.ReadTimeout, 10 * time.Minute},
			{"WRITE_TIMEOUT", s.WriteTimeout, 10 * time.Minute},
			{"IDLE_TIMEOUT", s.IdleTimeout, 10 * time.Minute},
		} {
			if t.value > t.most {
				l.add(t.key, "%s is %s", t.key, settings.FormatDuration(t.value))
			}
		}
	})
}
