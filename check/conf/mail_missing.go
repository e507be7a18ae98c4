package conf

import "github.com/merlon-go/merlon/check"

func mailMissing() check.Rule {
	return onSettings(check.Rule{
		ID:     "mail-missing",
		Title:  "The site cannot send mail",
		Level:  check.Warning,
		Deploy: true,
		Tags:   []string{"settings", "mail"},
		Why:    "Nobody can reset a password or is told that theirs was changed, and addresses are never verified.",
		Fix:    "Set EMAIL_URL=smtp://user:password@host:587 and EMAIL_FROM.",
		CWE:    []int{640},
		ASVS:   []string{"V6.4.3", "V6.3.7"},
		OWASP:  "A07",
	}, func(l *look) {
		if !l.set.Sound("EMAIL_URL") {
			return
		}
		switch {
		case l.set.Mail.URL.IsZero():
			l.add("EMAIL_URL", "")
		case l.set.Mail.From == "":
			l.add("EMAIL_FROM", "EMAIL_FROM is empty, so mail has no sender")
		}
	})
}
