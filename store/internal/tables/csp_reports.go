package tables

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/safesql"
)

// cspReports keeps what browsers reported, csp.DefaultMaxReports rows of it.
type cspReports struct{ db DB }

// CSPReports returns the store of what browsers reported.
func (db DB) CSPReports() csp.ReportStore { return cspReports{db} }

const (
	selectReports = `
		SELECT kind, enforced, directive, blocked, route, times, first_at, last_at, browsers, sample, source, line
		FROM csp_reports WHERE`

	insertReports = `
		INSERT INTO csp_reports (id, kind, enforced, directive, blocked, route, times, first_at, last_at, browsers, sample, source, line)
		VALUES`

	reportRow = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

	replaceReport = `
		ON CONFLICT (id) DO UPDATE SET times = excluded.times, first_at = excluded.first_at, last_at = excluded.last_at,
			browsers = excluded.browsers, sample = excluded.sample, source = excluded.source, line = excluded.line`

	evictReports = `
		DELETE FROM csp_reports WHERE id IN (
			SELECT id FROM csp_reports ORDER BY times, last_at, id
			LIMIT (SELECT CASE WHEN count(1) > ? THEN count(1) - ? ELSE 0 END FROM csp_reports))`
)

// reportsAtOnce bounds the rows of one statement.
const reportsAtOnce = 200

// Add reads, merges and writes in one step that no other node's comes between.
func (s cspReports) Add(ctx context.Context, reports []csp.Report) error {
	if len(reports) == 0 {
		return ctx.Err()
	}
	news := map[string]csp.Report{}
	for _, r := range reports {
		key := r.Key()
		if have, ok := news[key]; ok {
			have.Merge(r)
			r = have
		}
		news[key] = r
	}
	return s.db.Write.Tx(ctx, func(tx *safesql.Tx) error {
		if err := lock(ctx, tx, s.db.LockReports); err != nil {
			return err
		}
		for keys := range slices.Chunk(slices.Sorted(maps.Keys(news)), reportsAtOnce) {
			if err := mergeReports(ctx, tx, keys, news); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, safesql.New(evictReports, csp.DefaultMaxReports, csp.DefaultMaxReports))
		return err
	})
}

// mergeReports writes the reports of keys, merged into those that are stored.
func mergeReports(ctx context.Context, tx *safesql.Tx, keys []string, news map[string]csp.Report) error {
	stored, err := safesql.All(ctx, tx, safesql.Concat(safesql.New(selectReports), safesql.In("id", keys...)), scanReport)
	if err != nil {
		return err
	}
	for _, r := range stored {
		key := r.Key()
		r.Merge(news[key])
		news[key] = r
	}
	rows := make([]safesql.Query, len(keys))
	for i, key := range keys {
		if rows[i], err = reportValues(key, news[key]); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, safesql.Concat(safesql.New(insertReports), safesql.Join(", ", rows...), safesql.New(replaceReport)))
	return err
}

func reportValues(key string, r csp.Report) (safesql.Query, error) {
	browsers, err := json.Marshal(r.Browsers)
	if err != nil {
		return safesql.Query{}, err
	}
	return safesql.New(reportRow, key, r.Kind, r.Enforced, r.Directive, r.Blocked, r.Route, r.Count,
		safesql.Micros(r.First), safesql.Micros(r.Last), string(browsers), r.Sample, r.Source, r.Line), nil
}

func scanReport(row safesql.Row) (r csp.Report, err error) {
	var first, last int64
	var browsers string
	err = row.Scan(&r.Kind, &r.Enforced, &r.Directive, &r.Blocked, &r.Route, &r.Count, &first, &last, &browsers, &r.Sample, &r.Source, &r.Line)
	if err != nil {
		return csp.Report{}, err
	}
	r.First, r.Last = safesql.FromMicros(first), safesql.FromMicros(last)
	err = json.Unmarshal([]byte(browsers), &r.Browsers)
	return r, err
}

const latestReports = "last_at >= ? ORDER BY last_at DESC, id LIMIT ?"

func (s cspReports) Reports(ctx context.Context, since time.Time, limit int) ([]csp.Report, error) {
	if limit <= 0 {
		return nil, ctx.Err()
	}
	return safesql.All(ctx, s.db.Read, safesql.Concat(
		safesql.New(selectReports), safesql.New(latestReports, safesql.Micros(since), limit)), scanReport)
}

const pruneReports = "DELETE FROM csp_reports WHERE last_at < ?"

func (s cspReports) Prune(ctx context.Context, before time.Time) (int, error) {
	var n int64
	err := s.db.Write.Tx(ctx, func(tx *safesql.Tx) (err error) {
		if err := lock(ctx, tx, s.db.LockReports); err != nil {
			return err
		}
		n, err = tx.Exec(ctx, safesql.New(pruneReports, safesql.Micros(before)))
		return err
	})
	return int(n), err
}
