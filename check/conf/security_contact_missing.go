package conf

import "github.com/merlon-go/merlon/check"

func securityContactMissing() check.Rule {
	return onSettings(check.Rule{
		ID:         "security-contact-missing",
		Title:      "Nobody is named to report holes to",
		Level:      check.Info,
		Deploy:     true,
		Tags:       []string{"settings"},
		Why:        "Who finds a hole does not know whom to tell, and tells everybody or nobody.",
		Fix:        "Set SECURITY_CONTACT=security@your-domain; the site then serves /.well-known/security.txt.",
		More:       "A note: an application that serves a file of its own needs no setting.",
		CWE:        []int{1059},
		ASVS:       []string{"V15.1.1"},
		OWASP:      "A09",
		References: []string{"https://www.rfc-editor.org/rfc/rfc9116"},
	}, func(l *look) {
		if len(l.set.Security.Contact) == 0 {
			l.add("SECURITY_CONTACT", "")
		}
	})
}
