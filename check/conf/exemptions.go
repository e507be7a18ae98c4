package conf

import "github.com/merlon-go/merlon/check"

func exemptions() check.Rule {
	return onSettings(check.Rule{
		ID:    "exemption",
		Title: "A control is loosened for part of the site",
		Level: check.Info,
		Tags:  []string{"site", "exemptions"},
		Why:   "An exemption that outlives its reason is the way in; this lists every one there is.",
		Fix:   "Keep it if it is still needed, and give its reason where it is declared.",
		CWE:   []int{1188},
		OWASP: "A02",
	}, func(l *look) {
		for _, e := range l.Exemptions {
			title := e.Control + ": " + e.Pattern + ": " + e.What
			if e.Pattern == "" {
				title = e.Control + ": " + e.What
			}
			f := check.Finding{Title: title, Key: e.Control + " " + e.Pattern + " " + e.What, Place: check.Place{Request: e.Pattern}}
			if e.Reason != "" {
				f.Evidence = "reason: " + e.Reason
			} else if e.Weakens {
				f.Level = check.Warning
			}
			l.found = append(l.found, f)
		}
	})
}
