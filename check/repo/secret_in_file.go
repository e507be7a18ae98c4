package repo

import (
	"cmp"
	"context"
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
	}, func(ctx context.Context, s *survey) ([]check.Finding, error) {
		var since []*past
		if c.History && len(s.repos) > 0 {
			since = s.history(ctx) // secret-in-history says what it could not read
		}
		var found []check.Finding
		for i := range s.files {
			f := &s.files[i]
			for j := range f.leaks {
				finding := f.finding(&f.leaks[j])
				for _, h := range since {
					if o := h.here[identity(&f.leaks[j], f.name)]; o != nil && o.commit != "" {
						finding.Evidence += ", " + o.since()
						break
					}
				}
				found = append(found, finding)
			}
		}
		return found, join(s.errs)
	})
}

// finding describes a secret in a file, without it.
func (f *file) finding(l *leak.Leak) check.Finding {
	where := "in " + f.name
	switch {
	case f.staged && f.pending:
		where = "staged in " + f.name
	case f.staged:
		where = "in the last commit of " + f.name
	}
	out := check.Finding{
		Title:      title(l) + " " + where,
		Place:      check.Place{File: f.name, Line: l.Line, Col: l.Col, EndCol: l.EndCol, NoFrame: true},
		Evidence:   evidence(l),
		Confidence: check.Confidence(l.Confidence),
		Key:        l.Kind + "\x00" + l.Name + "\x00" + l.Hash,
		Level:      level(l),
		Fix:        f.fix(l),
	}
	if f.inGit && !f.tracked {
		out.Evidence += ", in no commit yet"
	}
	if f.staged {
		out.Place.Line, out.Place.Col, out.Place.EndCol = 0, 0, 0
		out.Evidence += fmt.Sprintf(", line %d of what git holds, not of the file", l.Line)
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
