// Package source reads Go code for `merlon check`: it loads every package
// below a path, runs analysers over them in the order of their imports, and
// turns what they report into findings.
//
// It serves against the fault that is written and never seen again: a query
// glued from a form value, a certificate that is not looked at, a token drawn
// from math/rand. The analysers lie beside this package, one directory each,
// and are ordinary go/analysis analysers, so that go vet and golangci-lint can
// run them too. check/all is the list that ships.
//
//	rules := source.Rules(checks, source.Config{})
//	report, err := check.Run(ctx, check.Options{Rules: rules, Target: &check.Target{Dir: dir, Paths: []string{"."}}})
//
// # An analyser
//
// Each directory exports Analyzer and the [check.Rule] that documents it, without
// Run, named Rule; together they are a [Check]. By convention
//
//   - the directory has the rule's id for its name, and package and
//     Analyzer.Name are the id without hyphens or with underscores for them;
//   - a diagnostic's Message is one sentence without a full stop that becomes
//     the finding's title; it may name code but holds no secret;
//   - Category holds what differs from the rule, as words: a confidence
//     ("low", "medium", "high"), a level ("info", "warning", "error",
//     "critical"), "secret" if the line must not be shown; empty leaves the rule's;
//   - Related are the steps from source to sink, first step first;
//   - the first of SuggestedFixes, if there is one, is safe to apply unseen.
//
// Loading is tolerant. Code that does not type-check is still judged: an
// analyser with RunDespiteErrors is given the types that are known and must
// bear missing ones; one without is replaced by Check.Fallback for that package. Either way the
// package is named as not wholly judged.
//
// # What it does not do
//
// It runs no code, not even cgo's, and opens no connection: a dependency that
// is not on the disk stays unknown, and the packages that need it are named.
// It reads tests only if asked to.
package source
