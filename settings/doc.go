// Package settings loads the settings of a site.
//
// It serves the need to keep secrets out of code and to learn of every mistake
// before the first request: all settings are typed, strict and declared in one
// table; names that are unknown are refused; all errors come together, each
// with key, place and the nearest known key, and never with a value.
//
// It does not judge what is possible but weak, such as a guessable SECRET_KEY:
// package check does. It does not know the grammar of hosts, policies and
// rules: the controls do, which never see this package. It does not watch for
// changes and writes nothing into the environment.
//
//	s, err := settings.Load(settings.Source{Dev: dev})
//	if err != nil {
//		return err // a settings.Errors, one line each
//	}
//	ring, err := secrets.NewRing(s.Keys.SecretKey, s.Keys.Fallbacks...)
//
// [Read] returns Settings whatever is wrong, for who wants to hear from the
// controls as well before a person mends the first mistake.
//
// # Places
//
// For each setting the first of these counts: the flag, the environment
// variable MERLON_<NAME>, the file named by MERLON_<NAME>_FILE, .env,
// merlon.toml, the default. DATABASE_URL, REDIS_URL and PORT are read without
// the prefix as well; at each place the prefixed name wins. A value such as
// vault://path is resolved by a [Provider].
//
// docs/settings.md describes every setting and the grammar of .env.
package settings
