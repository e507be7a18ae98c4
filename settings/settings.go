package settings

import (
	"slices"
	"strings"
)

// Settings are all settings of a site, one struct a control. [Load] fills
// them; a program may also fill them itself. They may be read concurrently.
type Settings struct {
	// Dev says that the site runs on a developer's machine: no setting is
	// required, it listens on loopback only, and cookies go over http.
	Dev bool
	// Debug says that error pages show details. It listens on loopback only.
	Debug bool

	Keys      SecretKeys
	Server    Server
	Log       Log
	Hosts     Hosts
	Headers   Headers
	CSP       CSP
	CSRF      CSRF
	Sessions  Sessions
	Passwords Passwords
	Mail      Mail
	Store     Store
	RateLimit RateLimit
	Lockout   Lockout
	Gateway   Gateway
	Security  Security
	Check     Check

	prefix   string
	keys     []Key
	values   []Value
	written  []string // the key of each value as it was found
	faults   Errors
	unread   []string // required, and perhaps in a file that could not be read
	warnings []*Error
}

// all lists every key of the site, in the order of its documentation.
func (s *Settings) all() []Setting {
	var out []Setting
	for _, group := range [][]Setting{
		s.Keys.settings(),
		{Bool("DEBUG", &s.Debug, false, "Error pages show details. Listens on a loopback address only.")},
		s.Hosts.settings(), s.Server.settings(), s.Store.settings(), s.Mail.settings(), s.Headers.settings(), s.CSP.settings(), s.CSRF.settings(),
		s.Sessions.settings(), s.Passwords.settings(), s.RateLimit.settings(), s.Lockout.settings(), s.Gateway.settings(), s.Security.settings(), s.Log.settings(), s.Check.settings(),
	} {
		out = append(out, group...)
	}
	return out
}

// Keys returns every setting there is, in the order of the documentation.
func Keys() []Key {
	var keys []Key
	for _, s := range new(Settings).all() {
		keys = append(keys, s.Key)
	}
	return keys
}

// Value is one setting as it holds.
type Value struct {
	// Key is the name without prefix.
	Key string `json:"key"`
	// Value is the value as it would be written, "" if there is none. Of a
	// secret and of a password in a URL it shows only that there is one.
	Value string `json:"value"`
	// Source says where the value comes from, such as ".env:12".
	Source string `json:"source"`
	// Secret says that Value is masked as a whole.
	Secret bool `json:"secret"`
}

// Explain returns every setting with its value, masked, and where it came
// from, in the order of the documentation. It is nil for Settings that were
// not loaded.
func (s *Settings) Explain() []Value { return append([]Value(nil), s.values...) }

// Where says where a setting's value comes from: "environment variable
// MERLON_DEBUG", ".env:12", "merlon.toml:3", "flag --debug", "default". It is
// "" for an unknown key and for Settings that were not loaded. The key may be
// given with or without prefix.
func (s *Settings) Where(key string) string {
	if i := s.index(key); i >= 0 {
		return s.values[i].Source
	}
	return ""
}

// Key describes a setting, those of [Source.Extra] too. The key may be given
// with or without prefix. It is false for Settings that were not loaded.
func (s *Settings) Key(key string) (Key, bool) {
	if i := s.index(key); i >= 0 {
		return s.keys[i], true
	}
	return Key{}, false
}

func (s *Settings) index(key string) int {
	key = strings.ToUpper(key)
	return slices.IndexFunc(s.keys, func(k Key) bool { return k.Name == key || s.prefix+k.Name == key })
}

// Err returns everything that [Read] found wrong, as [Errors], or nil. Settings
// with an error are good for finding more errors, not for a site.
func (s *Settings) Err() error {
	if len(s.faults) == 0 {
		return nil
	}
	return append(Errors(nil), s.faults...)
}

// Sound reports whether [Read] found nothing wrong with the settings of these
// names, without prefix. One that is required and may stand in a file that could
// not be read is not sound either.
func (s *Settings) Sound(names ...string) bool {
	if slices.ContainsFunc(s.unread, func(name string) bool { return slices.Contains(names, name) }) {
		return false
	}
	return !slices.ContainsFunc(s.faults, func(e *Error) bool { return slices.Contains(names, e.Name) })
}

// Fault returns an error about the setting of that name, without prefix, that
// says where its value comes from. It is for what a control finds wrong with a
// value that could be read; the problem must not hold the value.
func (s *Settings) Fault(name, problem string, cause error) *Error {
	e := &Error{Name: name, Key: s.prefix + name, Problem: problem, Err: cause}
	if i := s.index(name); i >= 0 {
		e.Key = s.written[i]
		if !strings.HasPrefix(s.values[i].Source, "default") { // that is not where the mistake is
			e.Source = s.values[i].Source
		}
	}
	return e
}

// Warnings returns what [Load] noticed and could live with, such as a key that
// stands twice in .env.
func (s *Settings) Warnings() []*Error { return append([]*Error(nil), s.warnings...) }
