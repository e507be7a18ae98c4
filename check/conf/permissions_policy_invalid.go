package conf

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/headers"
)

func permissionsPolicyInvalid() check.Rule {
	return onSettings(check.Rule{
		ID:    "permissions-policy-invalid",
		Title: "PERMISSIONS_POLICY is no policy",
		Level: check.Error,
		Tags:  []string{"settings", "headers"},
		Why:   "A browser drops the whole header if one entry is malformed, so camera, microphone and location are open to injected frames.",
		Fix:   "Write it as in PERMISSIONS_POLICY=camera=(), geolocation=(self), or leave it empty for everything off.",
		CWE:   []int{1188},
		OWASP: "A02",
	}, func(l *look) {
		text := l.set.Headers.PermissionsPolicy
		if text == "" {
			return
		}
		if _, err := headers.ParsePermissionsPolicy(text); err != nil {
			l.wrong("PERMISSIONS_POLICY", text, "PERMISSIONS_POLICY cannot be read: %v", err)
		}
	})
}
