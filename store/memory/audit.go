package memory

import (
	"context"
	"errors"
	"slices"
	"sort"
	"sync"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/safesql"
)

// maxAudit bounds the memory that the trail can take. A trail is not cut at its
// beginning, since it would not verify any more: it is full.
const maxAudit = 1_000_000

var errAuditFull = errors.New("memory: the audit trail is full")

// Audit returns the store of the audit trail. It holds a million records.
func (db *DB) Audit() audit.Store { return &db.audit }

type auditStore struct {
	mu      sync.RWMutex
	records []audit.Record
}

func (s *auditStore) Append(ctx context.Context, e audit.Event, seal func(sequence int64, previous []byte) []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, text := range []string{string(e.Name), e.RequestID, e.Actor, e.Subject, e.Control, e.Reason, e.Detail} {
		if !safesql.ValidText(text) {
			return safesql.ErrText
		}
	}
	e.Time = cut(e.Time)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.records) >= maxAudit {
		return errAuditFull
	}
	var last audit.Record
	if n := len(s.records); n > 0 {
		last = s.records[n-1]
	}
	s.records = append(s.records, audit.Record{Sequence: last.Sequence + 1, Event: e, Hash: seal(last.Sequence+1, last.Hash)})
	return nil
}

func (s *auditStore) Read(ctx context.Context, after int64, limit int) ([]audit.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	from := sort.Search(len(s.records), func(i int) bool { return s.records[i].Sequence > after })
	return slices.Clone(s.records[from:min(len(s.records), from+limit)]), nil
}

func (s *auditStore) Tail(ctx context.Context, f audit.Filter) ([]audit.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f.Since, f.Until = cut(f.Since), cut(f.Until)
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []audit.Record
	for _, r := range slices.Backward(s.records) {
		if len(found) == f.Limit {
			break
		}
		if selects(&f, &r) {
			found = append(found, r)
		}
	}
	return found, nil
}

func selects(f *audit.Filter, r *audit.Record) bool {
	e := &r.Event
	return (len(f.Names) == 0 || slices.Contains(f.Names, e.Name)) &&
		(f.Actor == "" || f.Actor == e.Actor) &&
		(f.Subject == "" || f.Subject == e.Subject) &&
		(f.Control == "" || f.Control == e.Control) &&
		(f.RequestID == "" || f.RequestID == e.RequestID) &&
		(!f.Client.IsValid() || f.Client == e.Client) &&
		(f.Since.IsZero() || !e.Time.Before(f.Since)) &&
		(f.Until.IsZero() || e.Time.Before(f.Until)) &&
		(f.Before <= 0 || r.Sequence < f.Before)
}
