// Package sourcetest runs an analyser over the Go files in its testdata and
// compares what it finds with comments of the form
//
//	h := md5.New() // want "MD5"
//
// whose quoted regular expressions the titles of the findings on that line must
// match, one each; a title is followed by its level in parentheses, if it is not
// the rule's. A finding without a comment is a fault, and so is a
// comment without a finding. It serves tests only.
package sourcetest

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source"
)

var (
	wantComment = regexp.MustCompile(`// want (.*)$`)
	quoted      = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`")
)

// Run checks the folder testdata of the package under test, which may hold
// several packages; those in a folder whose name begins with "broken" or
// "unknown" need not type-check. It returns the findings.
func Run(t *testing.T, c source.Check) []check.Finding {
	t.Helper()
	target := &check.Target{Dir: "testdata", Paths: []string{"."}}
	report, err := check.Run(t.Context(), check.Options{Rules: source.Rules([]source.Check{c}, source.Config{}), Target: target})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range report.Incomplete {
		if !strings.HasPrefix(in.Place.File, "broken") && !strings.HasPrefix(in.Place.File, "unknown") {
			t.Errorf("%s: %s", in.Place, in.Reason)
		}
	}
	wants := expectations(t)
	for _, f := range report.Findings {
		if f.ID != c.Rule.ID {
			continue
		}
		where := f.Place.File + ":" + strconv.Itoa(f.Place.Line)
		title := f.Title
		if f.Level != c.Rule.Level {
			title += " (" + f.Level.String() + ")"
		}
		if !met(wants, where, title) {
			t.Errorf("%s: unexpected finding: %s", where, f.Title)
		}
	}
	for where, list := range wants {
		for _, re := range list {
			t.Errorf("%s: no finding matches %q", where, re)
		}
	}
	if err := check.Validate([]check.Rule{c.Rule}); err != nil {
		t.Error(err)
	}
	return report.Findings
}

// met takes away the first expectation at the place that the title matches.
func met(wants map[string][]*regexp.Regexp, where, title string) bool {
	for i, re := range wants[where] {
		if re.MatchString(title) {
			wants[where] = append(wants[where][:i:i], wants[where][i+1:]...)
			return true
		}
	}
	return false
}

func expectations(t *testing.T) map[string][]*regexp.Regexp {
	t.Helper()
	wants := map[string][]*regexp.Regexp{}
	err := filepath.WalkDir("testdata", func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel("testdata", name)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(text), "\n") {
			m := wantComment.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			for _, q := range quoted.FindAllString(m[1], -1) {
				pattern, err := strconv.Unquote(q)
				if err != nil {
					return err
				}
				where := filepath.ToSlash(rel) + ":" + strconv.Itoa(i+1)
				wants[where] = append(wants[where], regexp.MustCompile(pattern))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(wants) == 0 {
		t.Fatal("testdata holds no want comment")
	}
	return wants
}
