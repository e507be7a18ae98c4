// Package check is the frame of `merlon check`: what a rule is, how rules are
// run, silenced and compared with a baseline, and how a report is written for
// people, programs, pipelines and auditors.
//
// It serves against the deployment that is weak without anybody noticing: a
// default left on, a header lost behind a proxy, a key from a tutorial. The
// rules themselves live beside it: check/conf judges settings and asks the
// composed site, check/source and check/repo read code and repository,
// check/live asks a running site. check/all is the list that ships.
//
//	report, err := check.Run(ctx, check.Options{Rules: conf.Rules(), Deploy: true, Target: &check.Target{Settings: s}})
//	if err != nil {
//		return err
//	}
//	check.WriteText(os.Stdout, report, check.TextOptions{})
//	os.Exit(report.ExitCode())
//
// A run never passes in silence what it did not judge: a rule that returns an
// error is listed in [Report.Incomplete], with what it could not read and why,
// and the run does not end with exit code 0. A rule that does not concern the
// target says so with [ErrNotApplicable] and is listed as skipped.
//
// A finding goes away in four ways, all of them counted and all but the first
// asking for a reason: it is repaired; its id is silenced ([Options.Silenced]);
// the line carries a comment `merlon:ignore id -- reason`; it is in the
// baseline ([Options.Baseline]). A silence or comment that names an unknown
// id, has no reason, or hides nothing any more is itself a finding.
//
// # What it does not do
//
// It finds what its rules look for and proves nothing else. It does not change
// anything, and it opens no connection unless a rule of check/live is asked to.
//
// # Errors
//
// [Run] returns an error only for wrong use: an unknown tag, a rule that is not
// well formed ([Validate]). [ErrNotApplicable] and the type [Unjudged] are for
// rules to return.
package check
