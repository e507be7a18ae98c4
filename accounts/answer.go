package accounts

import (
	"errors"
	"net/http"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/deny"
	"github.com/merlon-go/merlon/internal/request"
	"github.com/merlon-go/merlon/passwords"
)

// retryAfter is what a client is told to wait when a part of us is out of order.
const retryAfter = 5 * time.Second

func (a *Accounts) refuse(w http.ResponseWriter, r *http.Request, refusal *Refusal) {
	deny.Refuse(w, r, refusal, a.cfg.Audit, a.cfg.Deny)
}

// unavailable answers an error that says nothing about the credentials: a store
// that fails, or too many passwords being hashed.
func (a *Accounts) unavailable(w http.ResponseWriter, r *http.Request, err error) {
	reason := "store-unavailable"
	if errors.Is(err, passwords.ErrBusy) {
		reason = "busy"
	}
	a.refuse(w, r, &Refusal{Status: http.StatusServiceUnavailable, Control: "accounts", Reason: reason, RetryAfter: retryAfter, Err: err})
}

// now returns the moment that r is judged by, to the microsecond as it is stored.
func (a *Accounts) now(r *http.Request) time.Time {
	if info := request.From(r.Context()); info != nil {
		return cut(info.Time(a.cfg.Now))
	}
	return cut(a.cfg.Now())
}

func cut(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// record notes an event of a request.
func (a *Accounts) record(r *http.Request, name audit.Name, actor, subject, reason string) {
	e := audit.Event{Name: name, Client: request.Client(r), Actor: actor, Subject: subject, Control: "accounts", Reason: reason}
	if info := request.From(r.Context()); info != nil {
		e.RequestID = info.ID()
	}
	// What happened stands whether or not it could be recorded.
	_ = a.cfg.Audit.Record(r.Context(), e)
}
