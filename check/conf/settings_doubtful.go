package conf

import "github.com/merlon-go/merlon/check"

func settingsDoubtful() check.Rule {
	return onSettings(check.Rule{
		ID:    "settings-doubtful",
		Title: "A setting is probably not what it was meant to be",
		Level: check.Warning,
		Tags:  []string{"settings"},
		Why:   "A key that stands twice, or a value that is overruled without notice, is how a fixed weakness comes back.",
		Fix:   "Remove the doubtful line.",
		CWE:   []int{1188},
		OWASP: "A02",
	}, func(l *look) {
		for _, w := range l.set.Warnings() {
			f := l.add(w.Key, "%s", w.Error())
			f.Place = placeOf(w.Key, w.Source)
		}
	})
}
