package check

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Rule looks for one kind of fault. All fields but Run are its
// documentation, which `merlon explain`, SARIF and the HTML report show.
type Rule struct {
	// ID names the rule for ever: lower case words joined by hyphens. An id is
	// never used again for something else.
	ID string
	// Title names the fault in a few words, without a full stop.
	Title string
	// Level is that of its findings unless they say otherwise.
	Level Level
	// Confidence is that of its findings unless they say otherwise; zero is High.
	Confidence Confidence
	// Tags group rules for --tag; at least one, in lower case.
	Tags []string
	// Deploy keeps the rule for runs with --deploy: it would only disturb while
	// developing.
	Deploy bool
	// Why says what an attacker gains; Fix what to do, in one line. Both are
	// plain sentences.
	Why, Fix string
	// More is further explanation for `merlon explain`, paragraphs separated by
	// blank lines; "" if there is none.
	More string
	// CWE numbers, OWASP ASVS 5.0 ids, OWASP Top 10:2025 id, Django check id.
	CWE    []int
	ASVS   []string
	OWASP  string
	Django string
	// References are addresses of standards or explanations.
	References []string
	// Run looks. It must be safe for concurrent use with other rules, must
	// honour ctx, and returns what it found together with an error for what it
	// could not judge: [ErrNotApplicable] if the target has nothing of its
	// kind, one or several joined [Unjudged] or [ErrPartial] otherwise. Any other error also
	// makes the run incomplete.
	Run func(ctx context.Context, t *Target) ([]Finding, error)
}

// HelpURI is the address of the rule's page.
func (r *Rule) HelpURI() string {
	return "https://github.com/merlon-go/merlon/blob/main/docs/checks/" + r.ID + ".md"
}

// ErrNotApplicable is what a rule returns, possibly wrapped with the reason,
// if the target has nothing for it to judge, as a rule about settings where
// there are none. The rule is then listed as skipped, and the run is complete.
var ErrNotApplicable = errors.New("check: not applicable")

// ErrPartial is what a rule returns if part of the target could not be judged
// and another rule, which speaks for several, lists what and why.
var ErrPartial = errors.New("check: judged in part")

// Unjudged is the error for something that a rule should have judged and could
// not. Several are returned with errors.Join.
type Unjudged struct {
	// Place is what could not be judged; the zero Place means all of it.
	Place Place
	// Reason says why, in lower case: "does not compile", "permission denied".
	Reason string
}

// Error returns place and reason.
func (u *Unjudged) Error() string {
	if place := u.Place.String(); place != "" {
		return place + ": " + u.Reason
	}
	return u.Reason
}

var (
	idPattern   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	asvsPattern = regexp.MustCompile(`^V([1-9]|1[0-7])\.[1-9][0-9]?\.[1-9][0-9]?$`)
)

// Validate reports everything that is wrong with the rules as they are
// written: a doubled or malformed id, a missing text, an unknown standard.
func Validate(rules []Rule) error {
	var errs []error
	seen := map[string]bool{}
	for i := range rules {
		r := &rules[i]
		fault := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("check: rule %q: %s", r.ID, fmt.Sprintf(format, args...)))
		}
		if seen[r.ID] {
			fault("id used twice")
		}
		seen[r.ID] = true
		if len(r.ID) > 64 || !idPattern.MatchString(r.ID) {
			fault("malformed id")
		}
		if !r.Level.valid() {
			fault("no level")
		}
		for name, text := range map[string]string{"title": r.Title, "why": r.Why, "fix": r.Fix} {
			if strings.TrimSpace(text) == "" || strings.Contains(text, "\n") {
				fault("%s must be one line of text", name)
			}
		}
		if len(r.Tags) == 0 {
			fault("no tag")
		}
		if r.OWASP != "" && !slices.ContainsFunc(top10, func(c category) bool { return c.ID == r.OWASP }) {
			fault("unknown OWASP Top 10 id %q", r.OWASP)
		}
		for _, id := range r.ASVS {
			if !asvsPattern.MatchString(id) {
				fault("malformed ASVS id %q", id)
			}
		}
	}
	return errors.Join(errs...)
}

// Tags returns the tags of the rules, sorted; those of deployment rules only
// if deploy is set.
func Tags(rules []Rule, deploy bool) []string {
	var tags []string
	for _, r := range rules {
		if deploy || !r.Deploy {
			tags = append(tags, r.Tags...)
		}
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

// Find returns the rule with the id, or nil.
func Find(rules []Rule, id string) *Rule {
	for i := range rules {
		if rules[i].ID == id {
			return &rules[i]
		}
	}
	return nil
}
