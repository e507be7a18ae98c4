package conf

import (
	"strings"

	"github.com/merlon-go/merlon/check"
)

func frameOptionsWeak() check.Rule {
	return onSettings(check.Rule{
		ID:     "frame-options-weak",
		Title:  "X_FRAME_OPTIONS is not DENY",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "headers"},
		Why:    "A page in a frame can be covered, so that people click what they do not see.",
		Fix:    "Set X_FRAME_OPTIONS=DENY, and open single routes with headers.FrameOptions where the site frames itself.",
		CWE:    []int{1021},
		ASVS:   []string{"V3.4.6"},
		OWASP:  "A02",
		Django: "security.W019",
	}, func(l *look) {
		if value := l.set.Headers.FrameOptions; value != "" && !strings.EqualFold(value, "DENY") {
			if strings.EqualFold(value, "SAMEORIGIN") {
				l.add("X_FRAME_OPTIONS", "X_FRAME_OPTIONS is %q", value)
			} else {
				l.add("X_FRAME_OPTIONS", "X_FRAME_OPTIONS is not DENY")
			}
		}
	})
}
