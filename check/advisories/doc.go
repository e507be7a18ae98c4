// Package advisories holds the rules of `merlon check` about what a program is
// built from: modules and Go releases with known vulnerabilities, and
// dependencies that are old, replaced, withdrawn or not pinned.
//
// It serves against the hole that everybody knows of and that is still in the
// build. The versions that go.mod selects are compared with the Go
// vulnerability database, in well under a second; with Config.Reachable only
// what the program really calls counts as urgent.
//
//	rules := advisories.Rules(&advisories.Config{Source: "/srv/vulndb"})
//	report, err := check.Run(ctx, check.Options{Rules: rules, Target: &check.Target{Dir: dir, Paths: []string{"."}}})
//
// # The database
//
// Config.Source is an address or a folder, in the layout of https://vuln.go.dev
// (index/modules.json, ID/GO-….json), or a folder of OSV files as in the data/osv
// folder of golang/vulndb. What an address answers is kept in the target's
// cache folder and asked for anew with its ETag. A database that cannot be
// reached makes the run incomplete: nothing passes because nobody looked.
//
// The data of the Go vulnerability database is licensed CC-BY-4.0; findings
// name it.
//
// # What it does not do
//
// It judges Go modules and the standard library alone, not packages of the
// operating system or of other languages. It changes no file.
package advisories
