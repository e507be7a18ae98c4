package conf

import (
	"net/url"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/settings"
)

func csrfOriginInvalid() check.Rule {
	return onSettings(check.Rule{
		ID:     "csrf-origin-invalid",
		Title:  "CSRF_TRUSTED_ORIGINS holds something that is no origin",
		Level:  check.Error,
		Tags:   []string{"settings", "csrf"},
		Why:    "The entry matches nothing, or something else than was meant.",
		Fix:    "Write scheme and host, as in https://app.example.com or https://*.example.com.",
		CWE:    []int{1188},
		ASVS:   []string{"V3.5.1"},
		OWASP:  "A01",
		Django: "4_0.E001",
	}, func(l *look) {
		for _, origin := range l.set.CSRF.TrustedOrigins {
			if _, _, ok := splitOrigin(origin); !ok {
				l.wrong("CSRF_TRUSTED_ORIGINS", settings.FormatList(l.set.CSRF.TrustedOrigins), "CSRF_TRUSTED_ORIGINS holds %q, which is no origin", origin).Key = origin
			}
		}
	})
}

// splitOrigin takes apart scheme://host[:port]; a first label * is left in the
// host.
func splitOrigin(origin string) (scheme, host string, ok bool) {
	u, err := url.Parse(strings.Replace(origin, "://*.", "://wildcard.", 1))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil ||
		u.RawQuery != "" || u.Fragment != "" || u.Path != "" {
		return "", "", false
	}
	host = u.Hostname()
	if strings.Contains(origin, "://*.") {
		host = "*." + strings.TrimPrefix(host, "wildcard.")
	}
	if strings.Contains(strings.TrimPrefix(host, "*."), "*") {
		return "", "", false
	}
	return u.Scheme, host, true
}
