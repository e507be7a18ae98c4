package tables

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/merlon-go/merlon/safesql"
	"github.com/merlon-go/merlon/sessions"
)

// Sessions returns the store of sessions.
func (db DB) Sessions() sessions.Store { return sessionStore{db} }

type sessionStore struct{ db DB }

const loadSession = `
SELECT token_hash, id, user_id, created_at, authenticated_at, last_seen_at, expires_at, client, user_agent, version, data
FROM sessions WHERE token_hash = ?`

func (s sessionStore) Load(ctx context.Context, hash sessions.Hash) (sessions.Record, error) {
	r, err := safesql.One(ctx, s.db.Read, safesql.New(loadSession, hash[:]), scanSession)
	if errors.Is(err, safesql.ErrNoRows) {
		return sessions.Record{}, sessions.ErrNotFound
	}
	return r, err
}

const createSession = `
INSERT INTO sessions (token_hash, id, user_id, created_at, authenticated_at, last_seen_at, expires_at, client, user_agent, version, data)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)`

func (s sessionStore) Create(ctx context.Context, r sessions.Record, replaced sessions.Hash) error {
	insert := safesql.New(createSession, r.Hash[:], r.ID, r.UserID, safesql.Micros(r.Created), safesql.Micros(r.Authenticated),
		safesql.Micros(r.LastSeen), safesql.Micros(r.Expires), formatAddr(r.Client), r.UserAgent, r.Data)
	if replaced == (sessions.Hash{}) {
		_, err := s.db.Write.Exec(ctx, insert)
		return err
	}
	return s.db.Write.Tx(ctx, func(tx *safesql.Tx) error {
		if err := lock(ctx, tx, on(r.UserID, s.db.LockSessions)); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, safesql.New(deleteSession, replaced[:]))
		if err != nil {
			return err
		}
		if n == 0 {
			return sessions.ErrNotFound
		}
		_, err = tx.Exec(ctx, insert)
		return err
	})
}

const saveSession = `
UPDATE sessions SET last_seen_at = ?, expires_at = ?, client = ?, user_agent = ?, data = ?, version = version + 1
WHERE token_hash = ? AND version = ?`

func (s sessionStore) Save(ctx context.Context, r sessions.Record) error {
	n, err := s.db.Write.Exec(ctx, safesql.New(saveSession, safesql.Micros(r.LastSeen), safesql.Micros(r.Expires),
		formatAddr(r.Client), r.UserAgent, r.Data, r.Hash[:], r.Version))
	if err != nil || n > 0 {
		return err
	}
	if _, err := s.Load(ctx, r.Hash); err != nil {
		return err
	}
	return sessions.ErrConflict
}

const deleteSession = `DELETE FROM sessions WHERE token_hash = ?`

func (s sessionStore) Delete(ctx context.Context, hash sessions.Hash) error {
	_, err := s.db.Write.Exec(ctx, safesql.New(deleteSession, hash[:]))
	return err
}

const listSessions = `
SELECT token_hash, id, user_id, created_at, authenticated_at, last_seen_at, expires_at, client, user_agent, version, data
FROM sessions WHERE user_id = ? AND expires_at > ? ORDER BY last_seen_at DESC, id LIMIT 1000`

func (s sessionStore) List(ctx context.Context, userID string, now time.Time) ([]sessions.Record, error) {
	return safesql.All(ctx, s.db.Read, safesql.New(listSessions, userID, safesql.Micros(now)), scanSession)
}

const revokeSessions = `
DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE user_id = ?`

// Revoke waits for sessions of the user that are about to take the place of
// others: a step that began before would see only those.
func (s sessionStore) Revoke(ctx context.Context, sel sessions.Selector) (int, error) {
	var n int64
	err := s.db.Write.Tx(ctx, func(tx *safesql.Tx) (err error) {
		if err = lock(ctx, tx, on(sel.UserID, s.db.LockSessions)); err != nil {
			return err
		}
		n, err = tx.Exec(ctx, safesql.Concat(
			safesql.New(revokeSessions, sel.UserID),
			safesql.If(sel.ID != "", safesql.New("AND id = ?", sel.ID)),
			safesql.If(sel.Except != "", safesql.New("AND id <> ?", sel.Except)),
			safesql.New("ORDER BY token_hash"), s.db.ForUpdate, safesql.New(")"),
		))
		return err
	})
	if err != nil {
		return 0, err
	}
	return int(n), nil
}

// The rows are picked before one is deleted: whatever plan is made, the limit
// is not applied anew to what is left.
const (
	purgeSessions = `
WITH ended AS MATERIALIZED (SELECT token_hash FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?`
	deletePurged = `) DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM ended)`
)

func (s sessionStore) Purge(ctx context.Context, now time.Time, limit int) (int, error) {
	n, err := s.db.Write.Exec(ctx, safesql.Concat(safesql.New(purgeSessions, safesql.Micros(now), limit), s.db.SkipLocked, safesql.New(deletePurged)))
	return int(n), err
}

func scanSession(row safesql.Row) (r sessions.Record, err error) {
	var (
		hash                               []byte
		created, authenticated, seen, ends int64
		client                             string
	)
	err = row.Scan(&hash, &r.ID, &r.UserID, &created, &authenticated, &seen, &ends, &client, &r.UserAgent, &r.Version, &r.Data)
	if err != nil {
		return sessions.Record{}, err
	}
	copy(r.Hash[:], hash)
	r.Created, r.Authenticated = safesql.FromMicros(created), safesql.FromMicros(authenticated)
	r.LastSeen, r.Expires = safesql.FromMicros(seen), safesql.FromMicros(ends)
	r.Client, err = parseAddr(client)
	return r, err
}

// formatAddr writes an address as text; the zero Addr is "".
func formatAddr(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func parseAddr(text string) (netip.Addr, error) {
	if text == "" {
		return netip.Addr{}, nil
	}
	return netip.ParseAddr(text)
}
