package sqlite

import (
	"context"
	"time"

	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/safesql"
	"github.com/merlon-go/merlon/store/internal/tables"
)

// Lockout returns the counters of failed guesses.
func (db *DB) Lockout() lockout.Store { return lockoutStore{db} }

type lockoutStore struct{ db *DB }

const (
	thisTry     = `WITH this (now, mark, line) AS (VALUES (?, ?, ?)),`
	askedRow    = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	askedBefore = `asked (id, kind, subject, account, network, entry, own, once, most, period, cutoff, cooloff, longest, delay_after, delay, max_delay) AS (VALUES`
)

// reserveCounters counts a failure in all counters that are asked for, or
// changes nothing if one of them is locked. What a row becomes is worked out
// in steps: what it was, what of that still counts, what counts now, whether
// that locks. SQLite runs one statement that writes at a time, so that nothing
// comes between reading and writing.
const reserveCounters = `),
before AS (
	SELECT a.id, coalesce(c.ring, '') AS ring, coalesce(c.last, '') AS last, coalesce(c.streak, 0) AS streak, coalesce(c.strikes, 0) AS strikes,
		coalesce(c.not_before, 0) AS not_before, coalesce(c.locked_until, 0) AS locked_until, coalesce(c.expires_at, 0) AS expires_at, coalesce(c.log, '') AS log
	FROM asked a CROSS JOIN this LEFT JOIN lockout_counters c ON c.id = a.id AND c.expires_at > now),
kept AS (
	SELECT b.id,
		CASE WHEN locked_until > 0 THEN ''
			WHEN once = 1 AND instr(ring, '.' || own) > 0 THEN substr(ring, 1, instr(ring, '.' || own) - 13) || substr(ring, instr(ring, '.' || own) + 9)
			ELSE ring END AS ring,
		CASE WHEN locked_until = 0 AND length(ring) > 0 AND substr(ring, -21, 12) > cutoff THEN streak ELSE 0 END AS streak
	FROM before b JOIN asked a ON a.id = b.id),
now_counted AS (
	SELECT k.id, substr(k.ring || entry, -21 * max(most, 1)) AS ring, streak + 1 AS streak
	FROM kept k JOIN asked a ON a.id = k.id),
judged AS (
	SELECT n.id, most > 0 AND length(n.ring) = 21 * most AND substr(n.ring, 1, 12) > cutoff AS locks,
		min(cooloff << min(strikes, 18), longest) AS lasts
	FROM now_counted n JOIN asked a ON a.id = n.id JOIN before b ON b.id = n.id)
INSERT INTO lockout_counters (id, kind, subject, account, network, ring, last, streak, strikes, not_before, locked_until, expires_at, log)
SELECT a.id, a.kind, a.subject, a.account, a.network, n.ring,
	CASE WHEN b.not_before > now THEN b.last ELSE mark END,
	n.streak,
	b.strikes + locks,
	CASE WHEN b.not_before > now THEN b.not_before
		WHEN delay > 0 AND n.streak >= delay_after THEN now + min(delay << min(n.streak - delay_after, 18), max_delay)
		ELSE 0 END,
	CASE WHEN locks THEN now + lasts ELSE 0 END,
	max(b.expires_at, now + period, CASE WHEN locks THEN now + lasts + max(lasts, period) ELSE 0 END),
	substr(line || b.log, 1, 4096)
FROM asked a CROSS JOIN this JOIN before b ON b.id = a.id JOIN now_counted n ON n.id = a.id JOIN judged j ON j.id = a.id
WHERE NOT EXISTS (SELECT 1 FROM before CROSS JOIN this WHERE locked_until > now)
ON CONFLICT (id) DO UPDATE SET ring = excluded.ring, last = excluded.last, streak = excluded.streak, strikes = excluded.strikes,
	not_before = excluded.not_before, locked_until = excluded.locked_until, expires_at = excluded.expires_at, log = excluded.log
RETURNING id, kind, subject, account, network, ring, last, streak, strikes, not_before, locked_until, expires_at, log`

func (s lockoutStore) Reserve(ctx context.Context, t lockout.Try) ([]lockout.Counter, bool, error) {
	if len(t.Guesses) == 0 {
		return nil, true, ctx.Err()
	}
	ids, asked := make([]lockout.ID, len(t.Guesses)), make([]safesql.Query, len(t.Guesses))
	for i := range t.Guesses {
		g := &t.Guesses[i]
		ids[i] = g.ID
		asked[i] = safesql.New(askedRow, g.ID[:], g.Kind, g.Subject, tables.IDBytes(g.Account), tables.IDBytes(g.Network), lockout.Entry(t.Now, g.Mark), g.Mark,
			tables.Flag(g.Distinct), g.Limit, g.Window.Microseconds(), lockout.Stamp(t.Now.Add(-g.Window)), g.Cooloff.Microseconds(), g.MaxCooloff.Microseconds(),
			g.DelayAfter, g.Delay.Microseconds(), g.MaxDelay.Microseconds())
	}
	counters, err := safesql.All(ctx, s.db.write, safesql.Concat(
		safesql.New(thisTry, safesql.Micros(t.Now), t.Mark, lockout.Entry(t.Now, t.Mark)+"F"+t.Note+"\n"),
		safesql.New(askedBefore), safesql.Join(", ", asked...), safesql.New(reserveCounters)), scanCounter)
	if err != nil || len(counters) > 0 {
		return counters, err == nil, err
	}
	counters, err = s.Load(ctx, ids, t.Now)
	return counters, false, err
}

const releaseItems = `WITH this (now, mark) AS (VALUES (?, ?)), items (id, own, clear) AS (VALUES`

// applyRelease takes out the failure of an item, and its lock with it, or all.
const applyRelease = `),
found AS (
	SELECT c.id, clear = 1 OR instr(ring, '.' || own) > 0 AS hit, clear, own
	FROM lockout_counters c JOIN items i ON i.id = c.id CROSS JOIN this WHERE c.expires_at > now)
UPDATE lockout_counters AS c SET
	ring = CASE WHEN clear = 1 THEN '' WHEN hit THEN substr(ring, 1, instr(ring, '.' || own) - 13) || substr(ring, instr(ring, '.' || own) + 9) ELSE ring END,
	streak = CASE WHEN clear = 1 THEN 0 WHEN hit THEN max(streak - 1, 0) ELSE streak END,
	strikes = CASE WHEN clear = 1 THEN 0 WHEN hit AND locked_until > 0 THEN strikes - 1 ELSE strikes END,
	not_before = CASE WHEN hit THEN 0 ELSE not_before END,
	locked_until = CASE WHEN hit THEN 0 ELSE locked_until END,
	log = replace(log, '.' || mark || 'F', '.' || mark || 'S')
FROM found f CROSS JOIN this WHERE f.id = c.id`

func (s lockoutStore) Release(ctx context.Context, r lockout.Release) error {
	if len(r.Items) == 0 {
		return ctx.Err()
	}
	items := make([]safesql.Query, len(r.Items))
	for i := range r.Items {
		items[i] = safesql.New("(?, ?, ?)", r.Items[i].ID[:], r.Items[i].Mark, tables.Flag(r.Items[i].Clear))
	}
	_, err := s.db.write.Exec(ctx, safesql.Concat(safesql.New(releaseItems, safesql.Micros(r.Now), r.Mark),
		safesql.Join(", ", items...), safesql.New(applyRelease)))
	return err
}

const extendLocks = `
UPDATE lockout_counters SET locked_until = ?, expires_at = max(expires_at, ?) WHERE locked_until > ? AND locked_until < ? AND`

func (s lockoutStore) Extend(ctx context.Context, ids []lockout.ID, now, until time.Time) error {
	end := safesql.Micros(until)
	_, err := s.db.write.Exec(ctx, safesql.Concat(
		safesql.New(extendLocks, end, end, safesql.Micros(now), end), safesql.In("id", tables.IDList(ids)...)))
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
		safesql.New("AND id > ? AND (account <> x'' OR network <> x'')", q.After[:]),
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
		safesql.New("DELETE FROM lockout_counters WHERE (account <> x'' OR network <> x'')"),
		safesql.If(sel.Account != lockout.ID{}, safesql.New("AND account = ?", sel.Account[:])),
		safesql.If(sel.Network != lockout.ID{}, safesql.New("AND network = ?", sel.Network[:]))))
	return int(n), err
}

const purgeCounters = `
DELETE FROM lockout_counters WHERE id IN (SELECT id FROM lockout_counters WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`

const evictCounters = `
DELETE FROM lockout_counters WHERE id IN (
	SELECT id FROM lockout_counters WHERE locked_until <= ? AND (account <> x'' OR network <> x'')
	ORDER BY expires_at, id LIMIT min(?, max((SELECT count(1) FROM lockout_counters) - ?, 0)))`

func (s lockoutStore) Purge(ctx context.Context, now time.Time, keep, limit int) (int, error) {
	expired, err := s.db.write.Exec(ctx, safesql.New(purgeCounters, safesql.Micros(now), limit))
	if err != nil {
		return int(expired), err
	}
	evicted, err := s.db.write.Exec(ctx, safesql.New(evictCounters, safesql.Micros(now), limit, keep))
	return int(expired + evicted), err
}

func scanCounter(row safesql.Row) (lockout.Counter, error) { return tables.ScanCounter(row) }
