package source

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"github.com/merlon-go/merlon/check"
)

// IncompleteID is the rule that lists what of the source could not be read or
// judged, on behalf of all source rules.
const IncompleteID = "source-unread"

// runKey is the key of the shared outcome of a target.
type runKey struct{}

// Rules returns the rules of the checks and the one that lists what could not
// be judged. They read the target's paths once, together; without paths none
// of them applies. A target's CacheDir and Progress take the place of empty
// ones in config.
func Rules(checks []Check, config Config) []check.Rule {
	run := func(ctx context.Context, t *check.Target) (*outcome, error) {
		tree, err := Walk(ctx, t)
		if err != nil {
			return nil, err
		}
		return check.Shared(t, runKey{}, func() (*outcome, error) {
			c := config
			if c.CacheDir == "" && t.CacheDir != "" {
				c.CacheDir = filepath.Join(t.CacheDir, "source")
			}
			if c.Progress == nil {
				c.Progress = t.Progress
			}
			return newDriver(t, tree, checks, c).run(ctx)
		})
	}
	rules := []check.Rule{unread(run)}
	for _, c := range checks {
		r := c.Rule
		r.Run = func(ctx context.Context, t *check.Target) ([]check.Finding, error) {
			out, err := run(ctx, t)
			if err != nil {
				return nil, err
			}
			if len(out.partial) > 0 {
				err = check.ErrPartial
			}
			return slices.Clone(out.findings[r.ID]), err
		}
		rules = append(rules, r)
	}
	return rules
}

func unread(run func(context.Context, *check.Target) (*outcome, error)) check.Rule {
	return check.Rule{
		ID: IncompleteID, Title: "Source that could not be wholly judged", Level: check.Info, Tags: []string{"source"},
		Why: "A fault in code that was not read, or read without its types, may have been overlooked.",
		Fix: "Make the code compile with its dependencies on the disk (go mod download), or leave its folder out.",
		More: "Code that does not type-check is still read, with the types that are known; values are then followed within one function only. " +
			"This rule reports nothing by itself: it names the files, and the run ends with exit code 1 unless there are findings.",
		OWASP: "A02",
		Run: func(ctx context.Context, t *check.Target) ([]check.Finding, error) {
			out, err := run(ctx, t)
			if err != nil {
				return nil, err
			}
			var errs []error
			for _, p := range out.partial {
				errs = append(errs, p)
			}
			return nil, errors.Join(errs...)
		},
	}
}
