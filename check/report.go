package check

import (
	"cmp"
	"time"
)

// The exit codes of `merlon check`.
const (
	ExitFine     = 0 // everything was judged, nothing at or above the fail level
	ExitFailed   = 1 // nothing at or above the fail level, but something could not be judged
	ExitFindings = 3 // findings at or above the fail level
)

// A Report is what a run found. It is sorted and the same for the same target.
type Report struct {
	Started  time.Time
	Duration time.Duration
	// Deploy and FailLevel are those the run was judged by.
	Deploy    bool
	FailLevel Level
	// Findings are those in force, worst first.
	Findings []Finding
	// Hidden are those that were silenced, ignored, or in the baseline.
	Hidden []Hidden
	// Incomplete is what could not be judged.
	Incomplete []Incomplete
	// Rules says of every rule that was asked for how it ended.
	Rules []Outcome
}

// A Status says how a rule ended.
type Status string

// How a rule ended.
const (
	Ran     Status = "ran"
	Skipped Status = "skipped"    // the target has nothing of its kind
	Partial Status = "incomplete" // part of the target or all of it could not be judged
)

// An Outcome says how one rule ended.
type Outcome struct {
	Rule   *Rule
	Status Status
	// Note is why it was skipped; "" if nothing is to be said.
	Note string
	// Findings is how many are in force.
	Findings int
}

// Incomplete is something that a rule could not judge.
type Incomplete struct {
	Rule   string `json:"rule"`
	Place  Place  `json:"place"`
	Reason string `json:"reason"`
}

func compareIncomplete(a, b Incomplete) int {
	return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Place.String(), b.Place.String()), cmp.Compare(a.Reason, b.Reason))
}

// Hidden is a finding that is not in force, and why.
type Hidden struct {
	Finding
	// By is "setting" for a silenced id, "comment" for a line marked with
	// merlon:ignore, "baseline" for one that was there before, "accepted" for
	// one that a scan was told to accept.
	By string `json:"by"`
	// Reason is the one that was given; "" only for the baseline.
	Reason string `json:"reason,omitempty"`
}

// Failed reports whether there is a finding at or above the fail level.
func (r *Report) Failed() bool { return len(r.Findings) > 0 && r.Findings[0].Level >= r.FailLevel }

// Complete reports whether everything was judged.
func (r *Report) Complete() bool { return len(r.Incomplete) == 0 && r.ran(Partial) == 0 }

// ExitCode returns [ExitFindings], [ExitFailed] for an incomplete run, or
// [ExitFine], in this order.
func (r *Report) ExitCode() int {
	switch {
	case r.Failed():
		return ExitFindings
	case !r.Complete():
		return ExitFailed
	}
	return ExitFine
}

// Count returns how many findings in force have the level.
func (r *Report) Count(level Level) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Level == level {
			n++
		}
	}
	return n
}

// count notes in each outcome how many findings the rule has.
func (r *Report) count() {
	n := map[string]int{}
	for i := range r.Findings {
		n[r.Findings[i].ID]++
	}
	for i := range r.Rules {
		r.Rules[i].Findings = n[r.Rules[i].Rule.ID]
	}
}

// ran counts the rules with the status.
func (r *Report) ran(status Status) int {
	n := 0
	for i := range r.Rules {
		if r.Rules[i].Status == status {
			n++
		}
	}
	return n
}
