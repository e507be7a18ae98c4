package tables

import (
	"context"
	"errors"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/safesql"
)

// Audit returns the store of the audit trail.
func (db DB) Audit() audit.Store { return auditStore{db} }

type auditStore struct{ db DB }

const lastAudit = `SELECT sequence, hash FROM audit_events ORDER BY sequence DESC LIMIT 1`

const appendAudit = `
INSERT INTO audit_events (sequence, happened_at, name, request_id, client, actor, subject, control, reason, detail, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

func (s auditStore) Append(ctx context.Context, e audit.Event, seal func(sequence int64, previous []byte) []byte) error {
	return s.db.Write.Tx(ctx, func(tx *safesql.Tx) error {
		if err := lock(ctx, tx, s.db.LockAudit); err != nil {
			return err
		}
		last, err := safesql.One(ctx, tx, safesql.New(lastAudit), func(row safesql.Row) (r audit.Record, err error) {
			err = row.Scan(&r.Sequence, &r.Hash)
			return r, err
		})
		if err != nil && !errors.Is(err, safesql.ErrNoRows) {
			return err
		}
		_, err = tx.Exec(ctx, safesql.New(appendAudit, last.Sequence+1, safesql.Micros(e.Time), string(e.Name), e.RequestID,
			formatAddr(e.Client), e.Actor, e.Subject, e.Control, e.Reason, e.Detail, seal(last.Sequence+1, last.Hash)))
		return err
	})
}

const readAudit = `
SELECT sequence, happened_at, name, request_id, client, actor, subject, control, reason, detail, hash
FROM audit_events WHERE sequence > ? ORDER BY sequence LIMIT ?`

func (s auditStore) Read(ctx context.Context, after int64, limit int) ([]audit.Record, error) {
	return safesql.All(ctx, s.db.Read, safesql.New(readAudit, after, limit), scanAudit)
}

const tailAudit = `
SELECT sequence, happened_at, name, request_id, client, actor, subject, control, reason, detail, hash
FROM audit_events`

func (s auditStore) Tail(ctx context.Context, f audit.Filter) ([]audit.Record, error) {
	names := make([]string, len(f.Names))
	for i, n := range f.Names {
		names[i] = string(n)
	}
	return safesql.All(ctx, s.db.Read, safesql.Concat(
		safesql.New(tailAudit),
		safesql.Where(
			safesql.If(len(names) > 0, safesql.In("name", names...)),
			safesql.If(f.Actor != "", safesql.New("actor = ?", f.Actor)),
			safesql.If(f.Subject != "", safesql.New("subject = ?", f.Subject)),
			safesql.If(f.Control != "", safesql.New("control = ?", f.Control)),
			safesql.If(f.RequestID != "", safesql.New("request_id = ?", f.RequestID)),
			safesql.If(f.Client.IsValid(), safesql.New("client = ?", formatAddr(f.Client))),
			safesql.If(!f.Since.IsZero(), safesql.New("happened_at >= ?", safesql.Micros(f.Since))),
			safesql.If(!f.Until.IsZero(), safesql.New("happened_at < ?", safesql.Micros(f.Until))),
			safesql.If(f.Before > 0, safesql.New("sequence < ?", f.Before)),
		),
		safesql.New("ORDER BY sequence DESC"),
		safesql.Limit(f.Limit, 0, audit.MaxTail),
	), scanAudit)
}

func scanAudit(row safesql.Row) (r audit.Record, err error) {
	var (
		at           int64
		name, client string
	)
	e := &r.Event
	err = row.Scan(&r.Sequence, &at, &name, &e.RequestID, &client, &e.Actor, &e.Subject, &e.Control, &e.Reason, &e.Detail, &r.Hash)
	if err != nil {
		return audit.Record{}, err
	}
	e.Time, e.Name = safesql.FromMicros(at), audit.Name(name)
	e.Client, err = parseAddr(client)
	return r, err
}
