// Package conf holds the rules of `merlon check` that judge a site as it is
// configured and composed: its settings, the files they name, and the answers
// of the site itself.
//
// It serves against the weak deployment: every security check of Django 6.1
// that has a meaning here is a rule (the rule cites Django's id), and so is
// what Django's checks do not see, such as wildcard hosts, a redirect that
// loops, a cookie without the __Host- prefix, or a database reached over the
// Internet in the clear. Where Django reads the names of middleware, these
// rules send requests to the composed site, in this process, and look at the
// answers: headers on a 404, a 500 and a refusal, a forged host, a forged form.
//
// It does not connect to anything, does not read what is in a database, and
// does not look at source code or at a site elsewhere.
//
//	report, err := check.Run(ctx, check.Options{
//		Rules:  conf.Rules(),
//		Deploy: true,
//		Target: &check.Target{Settings: set, Site: site},
//	})
//
// One file holds one rule; [Rules] lists them all.
package conf
