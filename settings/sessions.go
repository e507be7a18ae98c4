package settings

import "time"

// Sessions is how long somebody stays signed in.
type Sessions struct {
	// CookieName is the name of the cookie.
	CookieName string
	// CookieAge bounds a session's life, IdleAge its time without a request.
	CookieAge, IdleAge time.Duration
}

// day is 24 hours.
const day = 24 * time.Hour

func (s *Sessions) settings() []Setting {
	return []Setting{
		Text("SESSION_COOKIE_NAME", &s.CookieName, "__Host-session", "Name of the cookie.").Dev("session"),
		Duration("SESSION_COOKIE_AGE", &s.CookieAge, 14*day, time.Minute, 400*day, "Longest life of a session."),
		Duration("SESSION_IDLE_AGE", &s.IdleAge, day, time.Minute, 400*day, "Longest time between two requests of a session; at most SESSION_COOKIE_AGE."),
	}
}
