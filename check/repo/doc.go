// Package repo holds the rules of `merlon check` that read a repository:
// secrets in the working tree, the index and the history; files of keys and
// settings that are tracked or about to be; and pipelines that print secrets
// or run what strangers send.
//
// It serves against the key that is in the code for everybody who can clone
// it, and against the pipeline that hands it out.
//
//	rules := repo.Rules(&repo.Config{History: true})
//	report, err := check.Run(ctx, check.Options{Rules: rules, Target: &check.Target{Dir: dir, Paths: []string{"."}}})
//
// # What it does not do
//
// No value is ever printed, kept or sent anywhere: a finding holds the kind,
// the place, the length, and at most four characters of a token's public
// prefix. Nothing is asked of an issuer. Symbolic links are not followed.
package repo
