package repo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/merlon-go/merlon/check"
)

// A Config says how far the rules look. The zero Config reads the working tree
// and the index. It is read when the rules run, so that a command can fill it
// from its flags; it must not change while they do.
type Config struct {
	// History reads the contents of all commits too.
	History bool
	// Since reads only what commits after that date added, as git log takes
	// it ("2026-01-01", "3 weeks ago"); "" reads everything.
	Since string
	// HistoryTime is how long the history may be read; what was not reached by
	// then is reported as not judged. 0 means ten minutes.
	HistoryTime time.Duration
	// MaxFile is the size from which a file is not read and reported as not
	// judged, in bytes; 0 means 256 MiB.
	MaxFile int64
}

// Rules lists the rules of this package, in the order of their documentation.
// A nil Config is the zero one.
func Rules(c *Config) []check.Rule {
	if c == nil {
		c = &Config{}
	}
	return []check.Rule{
		secretInFile(c),
		secretInHistory(c),
		envFileTracked(c),
		envFileNotIgnored(c),
		keyFileTracked(c),
		workflowSecretPrinted(c),
		workflowUntrustedCheckout(c),
		workflowScriptInjection(c),
		workflowPermissionsBroad(c),
		workflowActionUnpinned(c),
	}
}

// onSurvey makes r a rule that judges what the paths hold.
func onSurvey(c *Config, r check.Rule, judge func(ctx context.Context, s *survey) ([]check.Finding, error)) check.Rule {
	r.Run = func(ctx context.Context, t *check.Target) ([]check.Finding, error) {
		if len(t.Paths) == 0 {
			return nil, fmt.Errorf("no paths given: %w", check.ErrNotApplicable)
		}
		s, err := look(ctx, c, t)
		if err != nil {
			return nil, err
		}
		return judge(ctx, s)
	}
	return r
}

// unjudged makes the error for a file.
func unjudged(file, reason string) error {
	return &check.Unjudged{Place: check.Place{File: file}, Reason: reason}
}

func join(errs []error) error { return errors.Join(errs...) }
