package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/safesql"
	"github.com/merlon-go/merlon/store/internal/tables"
)

// Lockout returns the counters of failed guesses.
func (db *DB) Lockout() lockout.Store { return lockoutStore{db} }

type lockoutStore struct{ db *DB }

const (
	thisTry     = `WITH this (now, mark, line) AS (VALUES (?::bigint, ?::text, ?::text)),`
	askedRow    = `(?::bytea, ?::text, ?::text, ?::bytea, ?::bytea, ?::text, ?::text, ?::bigint, ?::bigint, ?::bigint, ?::text, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::bigint)`
	askedBefore = `asked (id, kind, subject, account, network, entry, own, once, most, period, cutoff, cooloff, longest, delay_after, delay, max_delay) AS (VALUES`
)

// reserveCounters counts a failure in all counters that are asked for, or
// changes nothing if one of them is locked. What a row becomes is worked out
// in steps: what it was, what of that still counts, what counts now, whether
// that locks.
//
// Rows that are there are locked first, in the order of their ids, and are
// then what they are now. One that another transaction adds at the same time
// breaks the whole statement with a unique violation: nothing was changed, and
// the next try finds the row.
//
// Who adds a row waits for who has added or changed it and is not done. So
// nobody here changes or deletes one before it has every lock and has added all
// its rows: who waits has changed nothing that another could wait for in turn.
const reserveCounters = `),
held AS (
	SELECT c.id, c.kind, c.subject, c.account, c.network, c.ring, c.last, c.streak, c.strikes, c.not_before, c.locked_until, c.expires_at, c.log
	FROM lockout_counters c WHERE c.id IN (SELECT id FROM asked) ORDER BY c.id FOR UPDATE),
before AS (
	SELECT a.id, coalesce(c.ring, '') AS ring, coalesce(c.last, '') AS last, coalesce(c.streak, 0) AS streak, coalesce(c.strikes, 0) AS strikes,
		coalesce(c.not_before, 0) AS not_before, coalesce(c.locked_until, 0) AS locked_until, coalesce(c.expires_at, 0) AS expires_at, coalesce(c.log, '') AS log
	FROM asked a CROSS JOIN this LEFT JOIN held c ON c.id = a.id AND c.expires_at > now),
kept AS (
	SELECT b.id,
		CASE WHEN locked_until > 0 THEN ''
			WHEN once = 1 AND strpos(ring, '.' || own) > 0 THEN substr(ring, 1, strpos(ring, '.' || own) - 13) || substr(ring, strpos(ring, '.' || own) + 9)
			ELSE ring END AS ring,
		CASE WHEN locked_until = 0 AND length(ring) > 0 AND substr(ring, length(ring) - 20, 12) COLLATE "C" > cutoff THEN streak ELSE 0 END AS streak
	FROM before b JOIN asked a ON a.id = b.id),
counted AS (
	SELECT k.id, right(k.ring || entry, 21 * greatest(most, 1)::int) AS ring, streak + 1 AS streak
	FROM kept k JOIN asked a ON a.id = k.id),
judged AS (
	SELECT n.id, most > 0 AND length(n.ring) = 21 * most AND substr(n.ring, 1, 12) COLLATE "C" > cutoff AS locks,
		least(cooloff << least(strikes, 18)::int, longest) AS lasts
	FROM counted n JOIN asked a ON a.id = n.id JOIN before b ON b.id = n.id),
after AS (
	SELECT a.id, a.kind, a.subject, a.account, a.network, n.ring,
		CASE WHEN b.not_before > now THEN b.last ELSE mark END AS last,
		n.streak,
		b.strikes + locks::int AS strikes,
		CASE WHEN b.not_before > now THEN b.not_before
			WHEN delay > 0 AND n.streak >= delay_after THEN now + least(delay << least(n.streak - delay_after, 18)::int, max_delay)
			ELSE 0 END AS not_before,
		CASE WHEN locks THEN now + lasts ELSE 0 END AS locked_until,
		greatest(b.expires_at, now + period, CASE WHEN locks THEN now + lasts + greatest(lasts, period) ELSE 0 END) AS expires_at,
		substr(line || b.log, 1, 4096) AS log
	FROM asked a CROSS JOIN this JOIN before b ON b.id = a.id JOIN counted n ON n.id = a.id JOIN judged j ON j.id = a.id
	WHERE NOT EXISTS (SELECT 1 FROM before CROSS JOIN this WHERE locked_until > now)),
added AS (
	INSERT INTO lockout_counters (id, kind, subject, account, network, ring, last, streak, strikes, not_before, locked_until, expires_at, log)
	SELECT id, kind, subject, account, network, ring, last, streak, strikes, not_before, locked_until, expires_at, log
	FROM after WHERE id NOT IN (SELECT id FROM held) ORDER BY id
	RETURNING id),
changed AS (
	UPDATE lockout_counters c SET ring = n.ring, last = n.last, streak = n.streak, strikes = n.strikes,
		not_before = n.not_before, locked_until = n.locked_until, expires_at = n.expires_at, log = n.log
	FROM after n WHERE c.id = n.id AND (SELECT count(1) FROM added) >= 0)
SELECT id, kind, subject, account, network, ring, last, streak, strikes, not_before, locked_until, expires_at, log, true
FROM after
UNION ALL
SELECT id, kind, subject, account, network, ring, last, streak, strikes, not_before, locked_until, expires_at, log, false
FROM held CROSS JOIN this WHERE expires_at > now AND NOT EXISTS (SELECT 1 FROM after)`

func (s lockoutStore) Reserve(ctx context.Context, t lockout.Try) ([]lockout.Counter, bool, error) {
	if len(t.Guesses) == 0 {
		return nil, true, ctx.Err()
	}
	asked := make([]safesql.Query, len(t.Guesses))
	for i := range t.Guesses {
		g := &t.Guesses[i]
		asked[i] = safesql.New(askedRow, g.ID[:], g.Kind, g.Subject, tables.IDBytes(g.Account), tables.IDBytes(g.Network), lockout.Entry(t.Now, g.Mark), g.Mark,
			tables.Flag(g.Distinct), g.Limit, g.Window.Microseconds(), lockout.Stamp(t.Now.Add(-g.Window)), g.Cooloff.Microseconds(), g.MaxCooloff.Microseconds(),
			g.DelayAfter, g.Delay.Microseconds(), g.MaxDelay.Microseconds())
	}
	q := safesql.Concat(
		safesql.New(thisTry, safesql.Micros(t.Now), t.Mark, lockout.Entry(t.Now, t.Mark)+"F"+t.Note+"\n"),
		safesql.New(askedBefore), safesql.Join(", ", asked...), safesql.New(reserveCounters))
	var (
		counters []lockout.Counter
		counted  bool
		err      error
	)
	for range reserveTries {
		counters, err = safesql.All(ctx, s.db.write, q, func(row safesql.Row) (lockout.Counter, error) { return tables.ScanCounter(row, &counted) })
		if !errors.Is(err, safesql.ErrUnique) {
			break
		}
	}
	return counters, counted && err == nil, err
}

// reserveTries bounds how often a row may appear between looking and adding.
// Each time another one of the attempt's few rows must be new.
const reserveTries = 16

const releaseItems = `WITH this (now, mark) AS (VALUES (?::bigint, ?::text)), items (id, own, clear) AS (VALUES`

// applyRelease takes out the failure of an item, and its lock with it, or all.
// It locks the rows in the order of their ids, as all do here, and all of them
// before it changes one.
const applyRelease = `),
held AS (
	SELECT c.id, c.ring FROM lockout_counters c CROSS JOIN this
	WHERE c.id IN (SELECT id FROM items) AND c.expires_at > now ORDER BY c.id FOR UPDATE OF c),
found AS (
	SELECT h.id, clear = 1 OR strpos(h.ring, '.' || own) > 0 AS hit, clear, own
	FROM held h JOIN items i ON i.id = h.id)
UPDATE lockout_counters c SET
	ring = CASE WHEN clear = 1 THEN '' WHEN hit THEN substr(ring, 1, strpos(ring, '.' || own) - 13) || substr(ring, strpos(ring, '.' || own) + 9) ELSE ring END,
	streak = CASE WHEN clear = 1 THEN 0 WHEN hit THEN greatest(streak - 1, 0) ELSE streak END,
	strikes = CASE WHEN clear = 1 THEN 0 WHEN hit AND locked_until > 0 THEN strikes - 1 ELSE strikes END,
	not_before = CASE WHEN hit THEN 0 ELSE not_before END,
	locked_until = CASE WHEN hit THEN 0 ELSE locked_until END,
	log = replace(log, '.' || mark || 'F', '.' || mark || 'S')
FROM found f CROSS JOIN this WHERE f.id = c.id AND (SELECT count(1) FROM held) > 0`

func (s lockoutStore) Release(ctx context.Context, r lockout.Release) error {
	if len(r.Items) == 0 {
		return ctx.Err()
	}
	items := make([]safesql.Query, len(r.Items))
	for i := range r.Items {
		items[i] = safesql.New("(?::bytea, ?::text, ?::int)", r.Items[i].ID[:], r.Items[i].Mark, tables.Flag(r.Items[i].Clear))
	}
	_, err := s.db.write.Exec(ctx, safesql.Concat(safesql.New(releaseItems, safesql.Micros(r.Now), r.Mark),
		safesql.Join(", ", items...), safesql.New(applyRelease)))
	return err
}

// An array is made whole before it is compared with: all rows are locked before
// one is changed.
const extendLocks = `
UPDATE lockout_counters SET locked_until = ?, expires_at = greatest(expires_at, ?) WHERE locked_until > ? AND locked_until < ? AND id = ANY (ARRAY (
	SELECT id FROM lockout_counters WHERE`

func (s lockoutStore) Extend(ctx context.Context, ids []lockout.ID, now, until time.Time) error {
	end := safesql.Micros(until)
	_, err := s.db.write.Exec(ctx, safesql.Concat(
		safesql.New(extendLocks, end, end, safesql.Micros(now), end), safesql.In("id", tables.IDList(ids)...), safesql.New("ORDER BY id FOR UPDATE))")))
	return err
}

const selectCounters = `
SELECT id, kind, subject, account, network, ring, last, streak, strikes, not_before, locked_until, expires_at, log
FROM lockout_counters WHERE expires_at > ?`

func (s lockoutStore) Load(ctx context.Context, ids []lockout.ID, now time.Time) ([]lockout.Counter, error) {
	return safesql.All(ctx, s.db.read, safesql.Concat(
		safesql.New(selectCounters, safesql.Micros(now)), safesql.New("AND"), safesql.In("id", tables.IDList(ids)...)), scanCounter)
}

func (s lockoutStore) List(ctx context.Context, q lockout.Query) ([]lockout.Counter, error) {
	now := safesql.Micros(q.Now)
	return safesql.All(ctx, s.db.read, safesql.Concat(
		safesql.New(selectCounters, now),
		safesql.New("AND id > ? AND (account <> '' OR network <> '')", q.After[:]),
		safesql.If(q.Account != lockout.ID{}, safesql.New("AND account = ?", q.Account[:])),
		safesql.If(q.Network != lockout.ID{}, safesql.New("AND network = ?", q.Network[:])),
		safesql.If(q.Locked, safesql.New("AND locked_until > ?", now)),
		safesql.New("ORDER BY id LIMIT ?", q.Limit)), scanCounter)
}

func (s lockoutStore) Reset(ctx context.Context, sel lockout.Selector) (int, error) {
	if !sel.All && sel.Account == (lockout.ID{}) && sel.Network == (lockout.ID{}) {
		return 0, ctx.Err()
	}
	n, err := s.db.write.Exec(ctx, safesql.Concat(
		safesql.New("DELETE FROM lockout_counters WHERE id = ANY (ARRAY (SELECT id FROM lockout_counters WHERE (account <> '' OR network <> '')"),
		safesql.If(sel.Account != lockout.ID{}, safesql.New("AND account = ?", sel.Account[:])),
		safesql.If(sel.Network != lockout.ID{}, safesql.New("AND network = ?", sel.Network[:])),
		safesql.New("ORDER BY id FOR UPDATE))")))
	return int(n), err
}

// What is purged or evicted is picked before a row is deleted: whatever plan is
// made, the limit is not applied anew to what is left.
const purgeCounters = `
WITH ended AS MATERIALIZED (
	SELECT id FROM lockout_counters WHERE expires_at <= ? ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED)
DELETE FROM lockout_counters WHERE id IN (SELECT id FROM ended)`

const evictCounters = `
WITH ended AS MATERIALIZED (
	SELECT id FROM lockout_counters WHERE locked_until <= ? AND (account <> '' OR network <> '')
	ORDER BY expires_at, id LIMIT least(?::bigint, greatest((SELECT count(1) FROM lockout_counters) - ?::bigint, 0)) FOR UPDATE SKIP LOCKED)
DELETE FROM lockout_counters WHERE id IN (SELECT id FROM ended)`

// lockEviction lets one node evict at a time: two that counted the same rows
// would each make the room that is needed once.
const lockEviction = `SELECT pg_advisory_xact_lock(1835364974, hashtext(current_schema()))`

func (s lockoutStore) Purge(ctx context.Context, now time.Time, keep, limit int) (int, error) {
	expired, err := s.db.write.Exec(ctx, safesql.New(purgeCounters, safesql.Micros(now), limit))
	if err != nil {
		return int(expired), err
	}
	var evicted int64
	err = s.db.write.Tx(ctx, func(tx *safesql.Tx) (err error) {
		if _, err = tx.Exec(ctx, safesql.New(lockEviction)); err != nil {
			return err
		}
		evicted, err = tx.Exec(ctx, safesql.New(evictCounters, safesql.Micros(now), limit, keep))
		return err
	})
	if err != nil {
		evicted = 0
	}
	return int(expired + evicted), err
}

func scanCounter(row safesql.Row) (lockout.Counter, error) { return tables.ScanCounter(row) }
