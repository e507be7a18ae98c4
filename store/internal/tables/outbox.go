package tables

import (
	"context"
	"time"

	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/safesql"
)

// outbox keeps outgoing mail.
type outbox struct{ db DB }

// Outbox returns the store of outgoing mail.
func (db DB) Outbox() mail.Store { return outbox{db} }

const addMail = `
	INSERT INTO outbox (id, recipient, payload, state, created_at, due_at, expires_at, ended_at, attempts, claim, reason)
	VALUES (?, ?, ?, 'pending', ?, ?, ?, 0, ?, ?, '')`

// addOutbox adds a mail within whatever transaction db is in.
func addOutbox(ctx context.Context, db safesql.Querier, e mail.Entry) error {
	_, err := db.Exec(ctx, safesql.New(addMail, e.ID, e.Recipient, e.Payload,
		safesql.Micros(e.Created), safesql.Micros(e.Due), safesql.Micros(e.Expires), e.Attempts, e.Claim))
	return err
}

func (o outbox) Add(ctx context.Context, e mail.Entry) error { return addOutbox(ctx, o.db.Write, e) }

func (o outbox) Claim(ctx context.Context, now, until time.Time, claim string, max int) ([]mail.Entry, error) {
	return safesql.All(ctx, o.db.Write, o.db.ClaimMail(safesql.Micros(now), safesql.Micros(until), claim, max), scanMail)
}

func scanMail(row safesql.Row) (e mail.Entry, err error) {
	var created, due, expires int64
	err = row.Scan(&e.ID, &e.Recipient, &e.Payload, &created, &due, &expires, &e.Attempts, &e.Claim)
	e.Created, e.Due, e.Expires = safesql.FromMicros(created), safesql.FromMicros(due), safesql.FromMicros(expires)
	return e, err
}

const endMail = `
	UPDATE outbox SET state = ?, payload = ?, ended_at = ?, reason = ?
	WHERE id = ? AND claim = ? AND state = 'pending'`

func (o outbox) Sent(ctx context.Context, id, claim string, now time.Time) error {
	return o.held(ctx, safesql.New(endMail, "sent", []byte(nil), safesql.Micros(now), "", id, claim))
}

func (o outbox) Bury(ctx context.Context, id, claim string, now time.Time, reason string) error {
	return o.held(ctx, safesql.New(endMail, "dead", []byte(nil), safesql.Micros(now), reason, id, claim))
}

const retryMail = "UPDATE outbox SET due_at = ?, reason = ? WHERE id = ? AND claim = ? AND state = 'pending'"

func (o outbox) Retry(ctx context.Context, id, claim string, due time.Time, reason string) error {
	return o.held(ctx, safesql.New(retryMail, safesql.Micros(due), reason, id, claim))
}

// held runs q, which changes one row if the caller still holds it.
func (o outbox) held(ctx context.Context, q safesql.Query) error {
	n, err := o.db.Write.Exec(ctx, q)
	if err == nil && n == 0 {
		err = mail.ErrLost
	}
	return err
}

const mailStats = `
	SELECT count(CASE WHEN state = 'pending' THEN 1 END), count(CASE WHEN state = 'dead' THEN 1 END),
		count(CASE WHEN state = 'sent' THEN 1 END), COALESCE(min(CASE WHEN state = 'pending' THEN created_at END), 0)
	FROM outbox`

func (o outbox) Stats(ctx context.Context) (mail.Stats, error) {
	return safesql.One(ctx, o.db.Read, safesql.New(mailStats), func(row safesql.Row) (s mail.Stats, err error) {
		var oldest int64
		err = row.Scan(&s.Pending, &s.Dead, &s.Sent, &oldest)
		s.Oldest = safesql.FromMicros(oldest)
		return s, err
	})
}

const purgeMail = "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state <> 'pending' AND ended_at < ?"

func (o outbox) Purge(ctx context.Context, before time.Time) (int, error) {
	n, err := o.db.Write.Exec(ctx, safesql.Concat(safesql.New(purgeMail, safesql.Micros(before)), o.db.SkipLocked, safesql.New(")")))
	return int(n), err
}
