package conf

import "github.com/merlon-go/merlon/check"

func passwordLengthShort() check.Rule {
	return onSettings(check.Rule{
		ID:         "password-length-short",
		Title:      "Short passwords are accepted",
		Level:      check.Error,
		Tags:       []string{"settings", "passwords"},
		Why:        "Short passwords are tried through, online against many accounts, or offline once the table leaks.",
		Fix:        "Set PASSWORD_MIN_LENGTH to 15, or to 8 at the very least.",
		More:       "Below 8 this is an error. From 8 to 14 it is a note with --deploy: NIST asks for 15 where a password is all there is.",
		CWE:        []int{521},
		ASVS:       []string{"V6.2.1"},
		OWASP:      "A07",
		References: []string{"https://pages.nist.gov/800-63-4/sp800-63b.html"},
	}, func(l *look) {
		switch n := l.set.Passwords.MinLength; {
		case n < 8:
			l.add("PASSWORD_MIN_LENGTH", "Passwords of %d characters are accepted", n)
		case n < 15:
			l.add("PASSWORD_MIN_LENGTH", "Passwords of %d characters are accepted; 15 is better where there is no second factor", n).Level = check.Info
		}
	})
}
