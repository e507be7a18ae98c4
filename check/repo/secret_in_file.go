package repo

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/repo/leak"
)

const (
	secretWhy = "Everybody who can read the repository, a copy of it or its pipeline can act in your name, and a secret that was pushed once must be taken as known."
	secretFix = "Change the secret at its issuer first, then take it out of the file and read it from the environment or a secret manager."
)

func secretInFile(c *Config) check.Rule {
	return onSurvey(c, check.Rule{
		ID:    "secret-in-file",
		Title: "A secret stands in a file",
		Level: check.Error,
		Tags:  []string{"repository", "secrets"},
		Why:   secretWhy,
		Fix:   secretFix,
		More: "Files are read as git would commit them: the working tree, what is staged, and what is neither tracked nor ignored. " +
			"The value is never shown; its length and at most four characters of a public prefix are.\n\n" +
			"A value that is no secret is marked on its line with merlon:ignore secret-in-file -- and the reason.",
		CWE:   []int{798, 540},
		ASVS:  []string{"V13.3.1"},
		OWASP: "A07",
		References: []string{
			"https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
		},
	}, func(s *survey) ([]check.Finding, error) {
		var found []check.Finding
		for i := range s.files {
			f := &s.files[i]
			for j := range f.leaks {
				found = append(found, f.finding(&f.leaks[j]))
			}
		}
		return found, join(s.errs)
	})
}

// finding describes a secret in a file, without it.
func (f *file) finding(l *leak.Leak) check.Finding {
	where := "in " + f.name
	if f.staged {
		where = "staged in " + f.name
	}
	out := check.Finding{
		Title:      title(l) + " " + where,
		Place:      check.Place{File: f.name, Line: l.Line, Col: l.Col, EndCol: l.EndCol, NoFrame: true},
		Evidence:   evidence(l),
		Confidence: check.Confidence(l.Confidence),
		Key:        l.Kind + "\x00" + l.Name + "\x00" + l.Hash,
		Level:      level(l),
	}
	if f.staged {
		out.Place.Line, out.Place.Col, out.Place.EndCol = 0, 0, 0
		out.Evidence += fmt.Sprintf(", line %d of what is staged", l.Line)
	}
	return out
}

// level is how bad a secret is by its kind.
func level(l *leak.Leak) check.Level {
	switch {
	case l.Minor, l.Confidence == leak.Low:
		return check.Info
	case l.Confidence == leak.High:
		return check.Critical
	case l.Hash == "": // chosen by a person, or a word that looks so
		return check.Warning
	}
	return check.Error
}

// title begins a sentence with the kind.
func title(l *leak.Leak) string { return strings.ToUpper(l.Kind[:1]) + l.Kind[1:] }

func evidence(l *leak.Leak) string {
	text := l.Masked()
	if l.Name != "" {
		text += fmt.Sprintf(", assigned to %.80q", l.Name)
	}
	return cmp.Or(text, l.Kind)
}
