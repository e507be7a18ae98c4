package settings

import (
	"net/url"
	"strings"
)

// crossCheck judges settings in pairs and fills in what follows from others.
// What is possible and unwise is left to the checks.
func (l *loader) crossCheck() {
	s := l.settings
	l.listen()
	if l.sound("LISTEN", "ADMIN_LISTEN") && s.Server.AdminListen != "" && s.Server.AdminListen == s.Server.Listen {
		l.clash("ADMIN_LISTEN", "the same address as LISTEN")
	}
	if l.sound("DRAIN_DELAY", "SHUTDOWN_DEADLINE") && s.Server.DrainDelay > 0 && s.Server.ShutdownDeadline == 0 {
		l.clash("SHUTDOWN_DEADLINE", "0, which leaves the requests that DRAIN_DELAY lets in no time")
	}
	if l.sound("SESSION_COOKIE_AGE", "SESSION_IDLE_AGE") && s.Sessions.IdleAge > s.Sessions.CookieAge {
		if l.found["SESSION_IDLE_AGE"].preset {
			s.Sessions.IdleAge = s.Sessions.CookieAge
			l.derive("SESSION_IDLE_AGE", "SESSION_COOKIE_AGE")
		} else {
			l.clash("SESSION_IDLE_AGE", "longer than SESSION_COOKIE_AGE")
		}
	}
	if l.sound("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME") && s.Sessions.CookieName == s.CSRF.CookieName {
		l.clash("CSRF_COOKIE_NAME", "the same name as SESSION_COOKIE_NAME")
	}
	if l.sound("SECURE_HSTS_SECONDS", "SECURE_HSTS_RAMP_START") && s.Headers.HSTSSeconds == 0 && !s.Headers.HSTSRampStart.IsZero() {
		l.clash("SECURE_HSTS_RAMP_START", "set while SECURE_HSTS_SECONDS is 0, which sends no header")
	}
	if l.sound("LOCKOUT_STORE", "REDIS_URL") && s.Lockout.Store == "redis" && s.Store.RedisURL.IsZero() {
		l.clash("LOCKOUT_STORE", "redis, but REDIS_URL is not set")
	}
	if l.sound("LOCKOUT_COOLOFF", "LOCKOUT_MAX_COOLOFF") && s.Lockout.MaxCooloff > 0 && s.Lockout.MaxCooloff < s.Lockout.Cooloff {
		l.clash("LOCKOUT_MAX_COOLOFF", "shorter than LOCKOUT_COOLOFF")
	}
	if l.sound("LOCKOUT_HARD_LIMIT", "LOCKOUT_FAILURE_LIMIT") && s.Lockout.HardLimit > 0 && s.Lockout.HardLimit < s.Lockout.FailureLimit {
		l.clash("LOCKOUT_HARD_LIMIT", "lower than LOCKOUT_FAILURE_LIMIT")
	}
	l.publicURL()
}

// sound reports whether all of keys were loaded without an error.
func (l *loader) sound(keys ...string) bool {
	for _, key := range keys {
		if l.found[key].failed {
			return false
		}
	}
	return true
}

func (l *loader) clash(key, problem string) {
	f := l.found[key]
	source := f.source
	if f.preset {
		source = "" // not where the mistake is
	}
	l.at = key
	l.fail(f.key, source, problem, nil)
	l.at = ""
}

func (l *loader) derive(key, from string) {
	f := l.found[key]
	f.source = "derived from " + from
	l.found[key] = f
}

// listen applies PORT and keeps Dev and Debug from the network.
func (l *loader) listen() {
	s := l.settings
	if !l.sound("LISTEN", "PORT", "DEBUG") {
		return
	}
	key := "LISTEN"
	if s.Server.port != 0 && l.found["LISTEN"].preset {
		host := "0.0.0.0"
		if s.Dev {
			host = "127.0.0.1"
		}
		s.Server.Listen = hostPort(host, s.Server.port)
		key = "PORT"
		f := l.found["PORT"]
		l.found["LISTEN"] = finding{source: f.source, key: f.key}
	}
	switch {
	case loopback(s.Server.Listen):
	case s.Dev:
		l.clash(key, "not a loopback address, which --dev requires")
	case s.Debug:
		l.clash(key, "not a loopback address, which "+l.found["DEBUG"].key+" requires")
	}
}

// publicURL derives PUBLIC_URL: from the address that Dev listens on, or from
// the first allowed host that is a name.
func (l *loader) publicURL() {
	s := l.settings
	if s.Hosts.PublicURL != nil || !l.sound("PUBLIC_URL", "ALLOWED_HOSTS", "LISTEN", "PORT", "DEBUG") {
		return
	}
	if s.Dev {
		port := s.Server.Listen[strings.LastIndexByte(s.Server.Listen, ':'):]
		s.Hosts.PublicURL = &url.URL{Scheme: "http", Host: "localhost" + port}
		l.derive("PUBLIC_URL", "LISTEN")
		return
	}
	for _, entry := range s.Hosts.Allowed {
		u, err := ParseWebURL("https://" + strings.TrimPrefix(entry, "."))
		if err == nil && u.Path == "" {
			s.Hosts.PublicURL = u
			l.derive("PUBLIC_URL", "ALLOWED_HOSTS")
			return
		}
	}
}
