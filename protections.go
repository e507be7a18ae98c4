package merlon

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/merlon-go/merlon/internal/pages"
	"github.com/merlon-go/merlon/internal/request"
	"github.com/merlon-go/merlon/sessions"
	"github.com/merlon-go/merlon/settings"
)

// What a row of the welcome page says about a protection.
const (
	stateOn   = "on"
	stateWeak = "weak"
	stateOff  = "off"
)

// headerWhy says what each security header guards against, in the order shown.
var headerWhy = []struct{ name, why string }{
	{"Content-Security-Policy", "A script that somebody managed to place in a page does not run."},
	{"Strict-Transport-Security", "Browsers come back over HTTPS only, so nobody on the way can listen in."},
	{"X-Frame-Options", "No other site can put this page in a frame and have you click on it unseen."},
	{"X-Content-Type-Options", "Files are what they say they are: an upload cannot turn into a script."},
	{"Referrer-Policy", "Addresses of this site stay on this site when you follow a link."},
	{"Cross-Origin-Opener-Policy", "A window that opened this one cannot reach into it."},
	{"Cross-Origin-Resource-Policy", "Other sites cannot load what is here into their pages."},
	{"Permissions-Policy", "Camera, microphone, location and the like stay off, whatever a page tries."},
}

// protections tells what guards the request r and the answer that h belongs to.
// It reads what is really there, never what the settings say.
func (s *Site) protections(h http.Header, r *http.Request) []pages.Protection {
	var rows []pages.Protection
	for _, p := range headerWhy {
		value := strings.Join(h[p.name], ", ")
		row := pages.Protection{Name: p.name, State: stateOn, Value: value, Why: p.why}
		switch {
		case value == "" && p.name == "Strict-Transport-Security" && !request.Secure(r):
			row.State, row.Value = stateOff, "sent over HTTPS only; this page came over plain HTTP"
		case value == "":
			row.State, row.Value = stateOff, "not sent"
		}
		rows = append(rows, row)
	}
	return append(append(rows, s.requestRows(r)...), s.accountRows(r)...)
}

func (s *Site) requestRows(r *http.Request) []pages.Protection {
	seen := s.gate.Explain(r)
	address := pages.Protection{
		Name: "Client address", State: stateOn, Value: seen.String(),
		Why: "Limits and lockouts count you and not your proxy; a forged header changes nothing.",
	}
	if seen.Hint != "" {
		address.State = stateWeak
		address.Value += "; " + seen.Hint
	}
	rules := s.limiter.Rules()
	limits := pages.Protection{
		Name: "Rate limits", State: stateOn, Value: fmt.Sprintf("%d rules", len(rules)),
		Why: "Guessing, flooding and scraping stop at a number, not at a crash.",
	}
	if s.limiter.Degraded() {
		limits.State, limits.Value = stateWeak, "counted on this node alone: the shared store does not answer"
	}
	return []pages.Protection{
		{Name: "Allowed hosts", State: stateOn, Value: request.Host(r),
			Why: "The site answers to its own names only, so links in mails cannot be poisoned."},
		address,
		limits,
		{Name: "Size limits", State: stateOn, Value: fmt.Sprintf("%d KiB of headers, %d KiB of body", s.set.Server.HeaderLimit>>10, s.set.Server.BodyLimit>>10),
			Why: "One request cannot fill the memory."},
	}
}

func (s *Site) accountRows(r *http.Request) []pages.Protection {
	session := pages.Protection{
		Name: "Session", State: stateOn, Value: "none yet: nothing is stored about you",
		Why: "Sign-ins live on the server, under a hash, and end when you or an administrator say so.",
	}
	if current := sessions.From(r.Context()); current != nil {
		session.Value = "ends " + current.ExpiresAt().UTC().Format("2 January 2006, 15:04 UTC") + " unless you come back"
	}
	return []pages.Protection{
		{Name: "Cross-site requests", State: stateOn, Value: "origin and token are checked on every change",
			Why: "Another site cannot make your browser do something here."},
		session,
		{Name: "Lockout", State: stateOn, Value: fmt.Sprintf("after %d failures, for %s", s.set.Lockout.FailureLimit, settings.FormatDuration(s.set.Lockout.Cooloff)),
			Why: "Nobody can try passwords until one fits, and nobody can lock you out of a browser you signed in with before."},
		{Name: "Passwords", State: stateOn, Value: "argon2id, 19 MiB, with a queue",
			Why: "A stolen table is of little use, and a flood of guesses cannot exhaust the machine."},
	}
}
