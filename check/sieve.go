package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The ids of the findings that the frame itself makes.
const (
	silenceUnknown  = "silence-unknown"
	silenceNoReason = "silence-without-reason"
	silenceStale    = "silence-stale"
	ignoreUnknown   = "ignore-unknown"
	ignoreNoReason  = "ignore-without-reason"
	ignoreStale     = "ignore-stale"
	baselineStale   = "baseline-stale"
)

// frameRules documents the findings that the frame itself makes; they have no
// Run.
func frameRules() []Rule {
	rule := func(id string, level Level, title, why, fix string) Rule {
		return Rule{ID: id, Level: level, Title: title, Why: why, Fix: fix, Tags: []string{"check"}, OWASP: "A02"}
	}
	return []Rule{
		rule(silenceUnknown, Warning, "A silenced id does not exist",
			"A misspelt id silences nothing, or will silence something that it was not meant for.",
			"Correct the id in SILENCED_CHECKS, or remove the entry."),
		rule(silenceNoReason, Warning, "An id is silenced without a reason",
			"Nobody can judge later whether a silence without a reason is still right, so it hides nothing.",
			"Write the reason beside the id in SILENCED_CHECKS."),
		rule(silenceStale, Info, "A silenced id hides nothing any more",
			"A silence that outlives its reason hides the next fault of that kind.",
			"Remove the id from SILENCED_CHECKS."),
		rule(ignoreUnknown, Warning, "A merlon:ignore comment names an unknown id",
			"A misspelt id hides nothing, or will hide something that it was not meant for.",
			"Correct the id in the comment, or remove the comment."),
		rule(ignoreNoReason, Warning, "A merlon:ignore comment has no reason",
			"Nobody can judge later whether a comment without a reason is still right, so it hides nothing.",
			"Write it as merlon:ignore id -- reason."),
		rule(ignoreStale, Info, "A merlon:ignore comment hides nothing any more",
			"A comment that outlives its reason hides the next fault on that line.",
			"Remove the comment."),
		rule(baselineStale, Info, "The baseline lists findings that are gone",
			"An entry for a fault that was repaired hides it when it comes back.",
			"Write the baseline anew with --write-baseline."),
	}
}

// FrameRules returns the documentation of the findings that the frame itself
// makes about silences, comments and baselines. They have no Run and need not
// be given to [Run].
func FrameRules() []Rule { return frameRules() }

// A sieve takes hidden findings out and makes findings about what hides.
type sieve struct {
	options *Options
	all     []Rule
	report  *Report
	own     []Finding
}

func (s *sieve) add(id string, f Finding) {
	f.complete(Find(s.all, id))
	s.own = append(s.own, f)
}

func (s *sieve) known(id string) bool {
	return Find(s.all, id) != nil || slices.Contains(s.options.Known, id)
}

// ran reports whether the rule judged all of the target, so that a silence
// that hid nothing is known to be stale.
func (s *sieve) ran(id string) bool {
	return slices.ContainsFunc(s.report.Rules, func(o Outcome) bool { return o.Rule.ID == id && o.Status == Ran })
}

func (s *sieve) hide(f Finding, by, reason string) {
	s.report.Hidden = append(s.report.Hidden, Hidden{Finding: f, By: by, Reason: reason})
}

// silenced applies Options.Silenced, also to the findings of the frame.
func (s *sieve) silenced(found []Finding) []Finding {
	place := Place{Setting: "SILENCED_CHECKS"}
	used := map[string]bool{}
	reason := func(id string) string { return strings.TrimSpace(s.options.Silenced[id]) }
	sift := func(found []Finding) []Finding {
		return slices.DeleteFunc(found, func(f Finding) bool {
			if reason(f.ID) == "" {
				return false
			}
			used[f.ID] = true
			s.hide(f, "setting", reason(f.ID))
			return true
		})
	}
	found = sift(found)
	for _, id := range slices.Sorted(maps.Keys(s.options.Silenced)) {
		switch {
		case !s.known(id):
			s.add(silenceUnknown, Finding{Title: fmt.Sprintf("SILENCED_CHECKS names %q, which no rule has%s", clip(id), nearest(id, s.all)), Place: place, Key: clip(id)})
		case reason(id) == "":
			s.add(silenceNoReason, Finding{Title: fmt.Sprintf("SILENCED_CHECKS names %s without a reason", id), Place: place, Key: id})
		case !used[id] && s.ran(id):
			s.add(silenceStale, Finding{Title: fmt.Sprintf("SILENCED_CHECKS names %s, which finds nothing", id), Place: place, Key: id})
		}
	}
	s.own = sift(s.own)
	return found
}

// clip bounds a text that comes from outside.
func clip(text string) string {
	const most = 64
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
