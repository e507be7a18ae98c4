package memory

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/merlon-go/merlon/safesql"
	"github.com/merlon-go/merlon/sessions"
)

const (
	// maxSessions bounds the memory that visitors can take.
	maxSessions = 1_000_000
	// evictionSample is how many sessions are looked at to find one to evict.
	evictionSample = 64
)

var errSessionsFull = errors.New("memory: too many sessions")

// Sessions returns the store of sessions. It holds a million: beyond that an
// expired or an anonymous session makes room for a new one, and a signed-in one
// never does.
func (db *DB) Sessions() sessions.Store { return db.sessions }

type sessionStore struct {
	limit  int
	mu     sync.RWMutex
	byHash map[sessions.Hash]*sessions.Record // a record is replaced, never changed
	byUser map[string]map[sessions.Hash]struct{}
}

func newSessionStore() *sessionStore {
	return &sessionStore{
		limit:  maxSessions,
		byHash: make(map[sessions.Hash]*sessions.Record),
		byUser: make(map[string]map[sessions.Hash]struct{}),
	}
}

func (s *sessionStore) Load(ctx context.Context, hash sessions.Hash) (sessions.Record, error) {
	if err := ctx.Err(); err != nil {
		return sessions.Record{}, err
	}
	s.mu.RLock()
	r := s.byHash[hash]
	s.mu.RUnlock()
	if r == nil {
		return sessions.Record{}, sessions.ErrNotFound
	}
	return *r, nil
}

func (s *sessionStore) Create(ctx context.Context, r sessions.Record, replaced sessions.Hash) error {
	if err := checkSession(ctx, &r); err != nil {
		return err
	}
	r.Version = 1
	s.mu.Lock()
	defer s.mu.Unlock()
	if replaced != (sessions.Hash{}) {
		if s.byHash[replaced] == nil {
			return sessions.ErrNotFound
		}
	}
	if s.byHash[r.Hash] != nil {
		return safesql.ErrUnique
	}
	s.remove(replaced)
	if len(s.byHash) >= s.limit && !s.evict(r.LastSeen) {
		return errSessionsFull
	}
	s.byHash[r.Hash] = &r
	if r.UserID != "" {
		of := s.byUser[r.UserID]
		if of == nil {
			of = make(map[sessions.Hash]struct{}, 1)
			s.byUser[r.UserID] = of
		}
		of[r.Hash] = struct{}{}
	}
	return nil
}

func (s *sessionStore) Save(ctx context.Context, r sessions.Record) error {
	if err := checkSession(ctx, &r); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.byHash[r.Hash]
	switch {
	case old == nil:
		return sessions.ErrNotFound
	case old.Version != r.Version:
		return sessions.ErrConflict
	}
	next := *old
	next.LastSeen, next.Expires, next.Client, next.UserAgent, next.Data = r.LastSeen, r.Expires, r.Client, r.UserAgent, r.Data
	next.Version++
	s.byHash[r.Hash] = &next
	return nil
}

func (s *sessionStore) Delete(ctx context.Context, hash sessions.Hash) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(hash)
	return nil
}

func (s *sessionStore) List(ctx context.Context, userID string, now time.Time) ([]sessions.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	now = cut(now)
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []sessions.Record
	for hash := range s.byUser[userID] {
		if r := s.byHash[hash]; r.Expires.After(now) {
			list = append(list, *r)
		}
	}
	slices.SortFunc(list, func(a, b sessions.Record) int {
		return cmp.Or(b.LastSeen.Compare(a.LastSeen), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(len(list), 1000)], nil
}

func (s *sessionStore) Revoke(ctx context.Context, sel sessions.Selector) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for hash := range s.byUser[sel.UserID] {
		id := s.byHash[hash].ID
		if (sel.ID == "" || id == sel.ID) && (sel.Except == "" || id != sel.Except) {
			s.remove(hash)
			n++
		}
	}
	return n, nil
}

func (s *sessionStore) Purge(ctx context.Context, now time.Time, limit int) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	now = cut(now)
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for hash, r := range s.byHash {
		if n == limit {
			break
		}
		if !r.Expires.After(now) {
			s.remove(hash)
			n++
		}
	}
	return n, nil
}

// remove forgets a session if it is there.
func (s *sessionStore) remove(hash sessions.Hash) {
	r := s.byHash[hash]
	if r == nil {
		return
	}
	delete(s.byHash, hash)
	if of := s.byUser[r.UserID]; of != nil {
		delete(of, hash)
		if len(of) == 0 {
			delete(s.byUser, r.UserID)
		}
	}
}

// evict makes room: of a few sessions that the map's random order gives it takes
// an expired one, or else the anonymous one that was idle longest.
func (s *sessionStore) evict(now time.Time) bool {
	var victim *sessions.Record
	looked := 0
	for _, r := range s.byHash {
		if !r.Expires.After(now) {
			victim = r
			break
		}
		if r.UserID == "" && (victim == nil || r.LastSeen.Before(victim.LastSeen)) {
			victim = r
		}
		if looked++; looked == evictionSample {
			break
		}
	}
	if victim != nil {
		s.remove(victim.Hash)
	}
	return victim != nil
}

// checkSession refuses what a database would refuse and cuts times as it does.
func checkSession(ctx context.Context, r *sessions.Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !safesql.ValidText(r.ID) || !safesql.ValidText(r.UserID) || !safesql.ValidText(r.UserAgent) {
		return safesql.ErrText
	}
	for _, t := range []*time.Time{&r.Created, &r.Authenticated, &r.LastSeen, &r.Expires} {
		*t = cut(*t)
	}
	r.Data = slices.Clone(r.Data)
	return nil
}

// cut returns t as a database keeps it: microseconds, in UTC.
func cut(t time.Time) time.Time { return safesql.FromMicros(safesql.Micros(t)) }
