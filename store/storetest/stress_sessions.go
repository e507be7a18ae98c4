package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/sessions"
)

var sessionActions = []action{
	{"sessions: Create", (*actor).createSession, nil, true},
	{"sessions: Create replaces", (*actor).replaceSession, []error{sessions.ErrNotFound}, true},
	{"sessions: Load", (*actor).loadSession, []error{sessions.ErrNotFound}, true},
	{"sessions: Save", (*actor).saveSession, []error{sessions.ErrNotFound, sessions.ErrConflict}, true},
	{"sessions: Delete", (*actor).deleteSession, nil, true},
	{"sessions: List", (*actor).listSessions, nil, true},
	{"sessions: Revoke", (*actor).revokeSessions, nil, true},
	{"sessions: Purge", (*actor).purgeSessions, nil, true},
}

func (a *actor) newSession() sessions.Record {
	r := session(a.name(), a.user())
	now := a.now()
	r.Created, r.LastSeen, r.Expires = now, now, now.Add(time.Duration(a.chance(400))*time.Second)
	return r
}

func (a *actor) createSession(ctx context.Context) error {
	r := a.newSession()
	err := a.Sessions.Create(ctx, r, sessions.Hash{})
	if err == nil {
		remember(a, &a.sessions, r)
	}
	return err
}

func (a *actor) replaceSession(ctx context.Context) error {
	old, r := recall(a, &a.sessions), a.newSession()
	err := a.Sessions.Create(ctx, r, old.Hash)
	if err == nil {
		remember(a, &a.sessions, r)
	}
	return err
}

func (a *actor) loadSession(ctx context.Context) error {
	_, err := a.Sessions.Load(ctx, recall(a, &a.sessions).Hash)
	return err
}

func (a *actor) saveSession(ctx context.Context) error {
	r, err := a.Sessions.Load(ctx, recall(a, &a.sessions).Hash)
	if err != nil {
		return err
	}
	r.LastSeen, r.Data = a.now(), []byte(a.name())
	return a.Sessions.Save(ctx, r)
}

func (a *actor) deleteSession(ctx context.Context) error {
	return a.Sessions.Delete(ctx, recall(a, &a.sessions).Hash)
}

func (a *actor) listSessions(ctx context.Context) error {
	_, err := a.Sessions.List(ctx, a.user(), a.now())
	return err
}

func (a *actor) revokeSessions(ctx context.Context) error {
	r := recall(a, &a.sessions)
	sel := sessions.Selector{UserID: a.user()}
	switch a.chance(6) {
	case 0:
	case 1, 2:
		sel.Except = "id-nobody's"
	default:
		if sel.UserID, sel.ID = r.UserID, r.ID; r.UserID == "" {
			return nil
		}
	}
	_, err := a.Sessions.Revoke(ctx, sel)
	return err
}

func (a *actor) purgeSessions(ctx context.Context) error {
	limit := 1 + a.chance(5)
	n, err := a.Sessions.Purge(ctx, a.now(), limit)
	if err == nil && n > limit {
		err = fmt.Errorf("%d were deleted, at most %d may be", n, limit)
	}
	return err
}

// checkSessions: nobody whose sessions were revoked is left with one.
func (s *stress) checkSessions(store sessions.Store) {
	for _, user := range stressUsers {
		if _, err := store.Revoke(s.Context(), sessions.Selector{UserID: user}); err != nil {
			s.Error(err)
		}
		if left, err := store.List(s.Context(), user, time.Time{}); len(left) > 0 || err != nil {
			s.Errorf("%d sessions of %s are left (%v)", len(left), user, err)
		}
	}
	for _, r := range s.sessions {
		if _, err := store.Load(s.Context(), r.Hash); !errors.Is(err, sessions.ErrNotFound) {
			s.Errorf("a revoked session was loaded: %v", err)
		}
	}
}

var auditActions = []action{
	{"audit: Append", (*actor).appendAudit, nil, false},
	{"audit: Read", (*actor).readAudit, nil, true},
	{"audit: Tail", (*actor).tailAudit, nil, true},
}

func (a *actor) appendAudit(ctx context.Context) error {
	err := a.Audit.Append(ctx, auditEvent(a.chance(50)), seal)
	if err == nil {
		a.events.Add(1)
	}
	return err
}

func (a *actor) readAudit(ctx context.Context) error {
	_, err := a.Audit.Read(ctx, a.random.Int64N(20), 10)
	return err
}

func (a *actor) tailAudit(ctx context.Context) error {
	_, err := a.Audit.Tail(ctx, audit.Filter{Actor: "ann", Limit: 10})
	return err
}

// checkAudit: every event is there, and each follows the one before.
func (s *stress) checkAudit(store audit.Store) {
	all, err := store.Read(s.Context(), 0, int(s.events.Load())+1)
	if err != nil || int64(len(all)) != s.events.Load() {
		s.Fatalf("%d events were recorded and %d are there (%v)", s.events.Load(), len(all), err)
	}
	var previous []byte
	for i, r := range all {
		if r.Sequence != int64(i+1) || string(r.Hash) != string(seal(r.Sequence, previous)) {
			s.Fatalf("event %d has the number %d and the seal %q after %q", i+1, r.Sequence, r.Hash, previous)
		}
		previous = r.Hash
	}
}
