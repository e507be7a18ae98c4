package settings

import "strings"

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
	values   []Value
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
	key = strings.ToUpper(key)
	for _, v := range s.values {
		if v.Key == key || s.prefix+v.Key == key {
			return v.Source
		}
	}
	return ""
}

// Warnings returns what [Load] noticed and could live with, such as a key that
// stands twice in .env.
func (s *Settings) Warnings() []*Error { return append([]*Error(nil), s.warnings...) }
