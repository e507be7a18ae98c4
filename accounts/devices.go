package accounts

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/sessions"
)

// A SessionView is one session as the page shows it.
type SessionView struct {
	ID      string
	Device  string // "Firefox on Linux": a guess from what the browser says of itself
	Client  string // the address it was last used from, or ""
	Since   time.Time
	Seen    time.Time
	Current bool
}

func (a *Accounts) home(w http.ResponseWriter, r *http.Request) {
	v := a.view(r)
	v.User = must(r)
	a.show(w, r, http.StatusOK, "home", v)
}

func (a *Accounts) showSessions(w http.ResponseWriter, r *http.Request) {
	v := a.view(r)
	v.User = must(r)
	list, err := a.cfg.Sessions.List(r.Context(), v.User.ID)
	if err != nil {
		a.unavailable(w, r, err)
		return
	}
	for _, s := range list {
		if s.AuthenticatedAt.Before(v.User.RevokedBefore) {
			continue // void, and only not yet swept away
		}
		shown := SessionView{ID: s.ID, Device: device(s.UserAgent), Since: s.CreatedAt, Seen: s.LastSeenAt, Current: s.Current}
		if s.Client.IsValid() {
			shown.Client = s.Client.String()
		}
		v.Sessions = append(v.Sessions, shown)
	}
	a.show(w, r, http.StatusOK, "sessions", v)
}

// endSessions ends one session of the user, the others, or all.
func (a *Accounts) endSessions(w http.ResponseWriter, r *http.Request) {
	form := a.read(w, r)
	if form == nil {
		return
	}
	switch u := must(r); form.Get("end") {
	case "all":
		a.endAll(w, r, u)
	case "others":
		_, err := a.cfg.Sessions.RevokeOthers(r.Context(), u.ID)
		a.ended(w, r, u, err, "others-ended")
	default:
		// The session is looked for among the user's own alone: the id of
		// somebody else's is not found.
		err := a.cfg.Sessions.Revoke(r.Context(), u.ID, form.Get("id"))
		if errors.Is(err, sessions.ErrNotFound) { // gone already, which is what was wanted
			err = nil
		}
		a.ended(w, r, u, err, "session-ended")
	}
}

// ended answers; the event is the sessions' own.
func (a *Accounts) ended(w http.ResponseWriter, r *http.Request, _ *User, err error, done string) {
	if err != nil {
		a.unavailable(w, r, err)
		return
	}
	seeOther(w, r, pathSessions+"?done="+done)
}

// endAll signs out everywhere: durably by the user's row, then by the sessions.
func (a *Accounts) endAll(w http.ResponseWriter, r *http.Request, u *User) {
	before := a.now(r)
	err := a.cfg.Store.Update(r.Context(), u.ID, Change{RevokedBefore: &before})
	if err == nil {
		_, err = a.cfg.Sessions.RevokeAll(r.Context(), u.ID)
	}
	if err != nil {
		a.unavailable(w, r, err)
		return
	}
	a.record(r, audit.SessionRevoked, u.ID, u.Canonical, "everywhere")
	a.leave(w, r, "signed-out-everywhere")
}

// Names by which browsers and systems are told apart. The order counts: many
// name others beside themselves.
var (
	browsers = [][2]string{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Vivaldi", "Vivaldi"}, {"SamsungBrowser", "Samsung Internet"},
		{"Firefox/", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chromium", "Chromium"}, {"Chrome/", "Chrome"},
		{"Safari/", "Safari"}, {"curl/", "curl"}, {"Go-http-client", "A Go program"},
	}
	systems = [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"},
		{"Windows", "Windows"}, {"Macintosh", "macOS"}, {"Linux", "Linux"}, {"X11", "Unix"},
	}
)

// device names a browser as its owner would.
func device(userAgent string) string {
	browser, system := find(browsers, userAgent), find(systems, userAgent)
	switch {
	case browser == "" && system == "":
		return "Unknown device"
	case system == "":
		return browser
	case browser == "":
		return system
	}
	return browser + " on " + system
}

func find(names [][2]string, text string) string {
	for _, n := range names {
		if strings.Contains(text, n[0]) {
			return n[1]
		}
	}
	return ""
}
