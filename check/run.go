package check

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Options say what [Run] does. Rules and Target are required.
type Options struct {
	// Rules are all the rules there are. An id that is silenced and not among
	// them is reported as unknown.
	Rules []Rule
	// Known are ids of rules that exist elsewhere, as those of the source
	// rules in a program that has none: silencing them is right.
	Known []string
	// Tags keeps the rules that have one of them; none keeps all.
	Tags []string
	// Deploy adds the rules that only matter for a deployment.
	Deploy bool
	// FailLevel is the level from which a finding fails the run; zero means
	// Warning with Deploy and Error without.
	FailLevel Level
	// Silenced hides findings by id; the value is the reason. An empty reason
	// hides nothing and is a finding.
	Silenced map[string]string
	// Baseline hides the findings that it lists; nil hides none.
	Baseline *Baseline
	// Target is what is looked at.
	Target *Target
	// Workers is how many rules run at a time; 0 means one for each processor.
	Workers int
	// Progress, if not nil, is called whenever a rule has ended, by one
	// goroutine at a time.
	Progress func(done, total int, id string)
}

// Run runs the rules on the target. The error is for wrong use alone; what the
// rules found and could not judge is in the report. A rule that panics is
// listed as incomplete and does not keep the others from running. When ctx
// ends, rules that have not run are listed as incomplete.
func Run(ctx context.Context, o Options) (*Report, error) {
	if o.Target == nil {
		return nil, errors.New("check: no target")
	}
	all := slices.Concat(o.Rules, frameRules())
	if err := Validate(all); err != nil {
		return nil, err
	}
	rules, err := choose(o.Rules, o.Tags, o.Deploy)
	if err != nil {
		return nil, err
	}
	report := &Report{Started: o.Target.Time(), Deploy: o.Deploy, FailLevel: o.FailLevel}
	if !o.FailLevel.valid() {
		report.FailLevel = Error
		if o.Deploy {
			report.FailLevel = Warning
		}
	}
	found := runAll(ctx, &o, rules, report)
	addFrames(o.Target, found)
	identify(found)
	s := sieve{options: &o, all: all, report: report}
	found = s.comments(found)
	found = s.silenced(found)
	found = s.baseline(found)
	identify(s.own)
	report.Findings = append(found, s.own...)
	slices.SortStableFunc(report.Findings, compare)
	report.count()
	report.Duration = o.Target.Time().Sub(report.Started)
	return report, nil
}

// choose keeps the rules that are asked for.
func choose(rules []Rule, tags []string, deploy bool) ([]Rule, error) {
	known := Tags(rules, deploy)
	for _, tag := range tags {
		if slices.Contains(known, tag) {
			continue
		}
		if slices.Contains(Tags(rules, true), tag) {
			return nil, fmt.Errorf("check: rules tagged %q only run with --deploy", tag)
		}
		return nil, fmt.Errorf("check: no rule is tagged %q (known: %s)", tag, strings.Join(known, ", "))
	}
	var chosen []Rule
	for _, r := range rules {
		if r.Deploy && !deploy {
			continue
		}
		if len(tags) == 0 || slices.ContainsFunc(r.Tags, func(t string) bool { return slices.Contains(tags, t) }) {
			chosen = append(chosen, r)
		}
	}
	return chosen, nil
}

// runAll runs the rules side by side, notes their outcome in the report, and
// returns what they found.
func runAll(ctx context.Context, o *Options, rules []Rule, report *Report) []Finding {
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		done  int
		found []Finding
		gate  = make(chan struct{}, workers)
	)
	report.Rules = make([]Outcome, len(rules))
	for i := range rules {
		gate <- struct{}{}
		wg.Go(func() {
			defer func() { <-gate }()
			findings, outcome, unjudged := runOne(ctx, &rules[i], o.Target)
			mu.Lock()
			defer mu.Unlock()
			report.Rules[i] = outcome
			report.Incomplete = append(report.Incomplete, unjudged...)
			found = append(found, findings...)
			if done++; o.Progress != nil {
				o.Progress(done, len(rules), rules[i].ID)
			}
		})
	}
	wg.Wait()
	slices.SortStableFunc(report.Incomplete, compareIncomplete)
	return found
}

// runOne runs one rule and turns its error, or its panic, into an outcome.
func runOne(ctx context.Context, r *Rule, t *Target) (found []Finding, outcome Outcome, unjudged []Incomplete) {
	outcome = Outcome{Rule: r, Status: Ran}
	err := ctx.Err()
	if err == nil {
		found, err = guarded(ctx, r, t)
	}
	for i := range found {
		found[i].complete(r)
	}
	switch {
	case err == nil:
	case errors.Is(err, ErrNotApplicable) && len(found) == 0:
		outcome.Status = Skipped
		outcome.Note = strings.TrimSuffix(strings.TrimSuffix(err.Error(), ErrNotApplicable.Error()), ": ")
	default:
		outcome.Status = Partial
		unjudged = explode(r.ID, err)
	}
	return found, outcome, unjudged
}

func guarded(ctx context.Context, r *Rule, t *Target) (found []Finding, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Unjudged{Reason: fmt.Sprintf("the rule itself failed: %v", p)}
		}
	}()
	return r.Run(ctx, t)
}

// explode lists the errors that errors.Join put together.
func explode(id string, err error) []Incomplete {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var list []Incomplete
		for _, e := range joined.Unwrap() {
			list = append(list, explode(id, e)...)
		}
		return list
	}
	if errors.Is(err, ErrPartial) {
		return nil // another rule lists what and why
	}
	if u, ok := errors.AsType[*Unjudged](err); ok {
		return []Incomplete{{Rule: id, Place: u.Place, Reason: u.Reason}}
	}
	return []Incomplete{{Rule: id, Reason: err.Error()}}
}

// frameLines is how many lines are shown before and after the one meant.
const frameLines = 2

// addFrames reads the lines around each finding in a file.
func addFrames(t *Target, found []Finding) {
	files := map[string][]string{}
	for i := range found {
		p := &found[i].Place
		if p.File == "" {
			continue
		}
		t.Look(p.File)
		if p.Line <= 0 || p.NoFrame || p.Frame != nil {
			continue
		}
		lines, ok := files[p.File]
		if !ok {
			if text, err := t.Read(p.File); err == nil {
				lines = splitLines(text)
			}
			files[p.File] = lines
		}
		if p.Line > len(lines) {
			continue
		}
		first := max(p.Line-frameLines, 1)
		last := min(max(p.Line, min(p.EndLine, p.Line+4))+frameLines, len(lines))
		p.FrameLine = first
		p.Frame = slices.Clone(lines[first-1 : last])
	}
}

// maxFrameLine bounds a line of a frame: minified files have lines of megabytes.
const maxFrameLine = 400

func splitLines(text []byte) []string {
	lines := strings.Split(strings.TrimSuffix(strings.ToValidUTF8(string(text), "\uFFFD"), "\n"), "\n")
	for i, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		if len(line) > maxFrameLine {
			line = strings.ToValidUTF8(line[:maxFrameLine], "") + "…"
		}
		lines[i] = line
	}
	return lines
}
