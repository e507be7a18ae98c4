package memory

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/safesql"
)

// accountStore keeps users and their one-time tokens.
type accountStore struct {
	outbox *outbox
	mu     sync.Mutex
	users  map[string]accounts.User // by ID
	byMail map[string]string        // ID by canonical address
	tokens map[string]*keptToken    // by hash
}

type keptToken struct {
	accounts.Token
	used bool
}

func newAccountStore(o *outbox) *accountStore {
	return &accountStore{outbox: o, users: map[string]accounts.User{}, byMail: map[string]string{}, tokens: map[string]*keptToken{}}
}

// Accounts returns the users and their one-time tokens.
func (db *DB) Accounts() accounts.Store { return db.accounts }

// enter takes the lock, or reports that nobody waits any more.
func (s *accountStore) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	return nil
}

// Find returns the user of that key.
func (s *accountStore) Find(ctx context.Context, key accounts.Key) (accounts.User, error) {
	if err := s.enter(ctx); err != nil {
		return accounts.User{}, err
	}
	defer s.mu.Unlock()
	id := key.ID
	if id == "" {
		id = s.byMail[key.Canonical]
	}
	u, ok := s.users[id]
	if !ok {
		return accounts.User{}, accounts.ErrNotFound
	}
	return u, nil
}

// List returns users by ID.
func (s *accountStore) List(ctx context.Context, after string, limit int) ([]accounts.User, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	var all []accounts.User
	for id, u := range s.users {
		if id > after {
			all = append(all, u)
		}
	}
	slices.SortFunc(all, func(a, b accounts.User) int { return strings.Compare(a.ID, b.ID) })
	return all[:min(limit, len(all))], nil
}

// Create adds a user.
func (s *accountStore) Create(ctx context.Context, u accounts.User, entry *mail.Entry) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if err := s.mayAdd(u); err != nil {
		return err
	}
	if err := s.enqueue(ctx, entry); err != nil {
		return err
	}
	s.add(u)
	return nil
}

func (s *accountStore) mayAdd(u accounts.User) error {
	for _, text := range []string{u.ID, u.Email, u.Canonical, u.Password.Reveal()} {
		if !safesql.ValidText(text) {
			return safesql.ErrText
		}
	}
	if _, taken := s.byMail[u.Canonical]; taken {
		return accounts.ErrExists
	}
	if _, taken := s.users[u.ID]; taken {
		return accounts.ErrExists
	}
	return nil
}

func (s *accountStore) add(u accounts.User) {
	u.Created, u.PasswordChanged, u.LastLogin, u.RevokedBefore = micro(u.Created), micro(u.PasswordChanged), micro(u.LastLogin), micro(u.RevokedBefore)
	s.users[u.ID] = u
	s.byMail[u.Canonical] = u.ID
}

// micro cuts t to what every store keeps.
func micro(t time.Time) time.Time { return safesql.FromMicros(safesql.Micros(t)) }

func (s *accountStore) enqueue(ctx context.Context, entry *mail.Entry) error {
	if entry == nil {
		return nil
	}
	return s.outbox.Add(ctx, *entry)
}

// Update changes a user.
func (s *accountStore) Update(ctx context.Context, id string, c accounts.Change) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	return s.change(ctx, id, c)
}

func (s *accountStore) change(ctx context.Context, id string, c accounts.Change) error {
	u, ok := s.users[id]
	if !ok {
		return accounts.ErrNotFound
	}
	if c.IfPasswordChanged != nil && !micro(*c.IfPasswordChanged).Equal(u.PasswordChanged) {
		return accounts.ErrChanged
	}
	if c.Password != nil && !safesql.ValidText(c.Password.Reveal()) {
		return safesql.ErrText
	}
	if err := s.enqueue(ctx, c.Mail); err != nil {
		return err
	}
	set(&u.Password, c.Password)
	set(&u.Verified, c.Verified)
	set(&u.Disabled, c.Disabled)
	set(&u.Staff, c.Staff)
	set(&u.PasswordChanged, c.PasswordChanged)
	set(&u.LastLogin, c.LastLogin)
	set(&u.RevokedBefore, c.RevokedBefore)
	s.add(u)
	if c.Password != nil && c.PasswordChanged != nil {
		for hash, t := range s.tokens {
			if t.UserID == id && t.Purpose == accounts.PurposeReset {
				delete(s.tokens, hash)
			}
		}
	}
	return nil
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// keepTokens is how long a token is kept after it expired, for the count of
// mails to its address.
const keepTokens = 24 * time.Hour

// Issue adds a token and its mail.
func (s *accountStore) Issue(ctx context.Context, t accounts.Token, entry mail.Entry, b accounts.Budget) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	for _, text := range []string{t.UserID, t.Email, t.Canonical, t.Password.Reveal()} {
		if !safesql.ValidText(text) {
			return safesql.ErrText
		}
	}
	issued := 0
	for hash, old := range s.tokens {
		switch {
		case old.Expires.Before(t.Created.Add(-keepTokens)):
			delete(s.tokens, hash)
		case old.Canonical == t.Canonical && old.Created.After(micro(b.Since)):
			issued++
		}
	}
	if issued >= b.Max {
		return accounts.ErrTooMany
	}
	if err := s.outbox.Add(ctx, entry); err != nil {
		return err
	}
	t.Created, t.Expires = micro(t.Created), micro(t.Expires)
	t.Hash, t.Browser = bytes.Clone(t.Hash), bytes.Clone(t.Browser)
	s.tokens[string(t.Hash)] = &keptToken{Token: t}
	return nil
}

func (s *accountStore) token(hash []byte, p accounts.Purpose, now time.Time) (*keptToken, error) {
	t := s.tokens[string(hash)]
	if t == nil || t.used || t.Purpose != p || !t.Expires.After(micro(now)) {
		return nil, accounts.ErrToken
	}
	return t, nil
}

// Token returns a token that can be used.
func (s *accountStore) Token(ctx context.Context, hash []byte, p accounts.Purpose, now time.Time) (accounts.Token, error) {
	if err := s.enter(ctx); err != nil {
		return accounts.Token{}, err
	}
	defer s.mu.Unlock()
	t, err := s.token(hash, p, now)
	if err != nil {
		return accounts.Token{}, err
	}
	found := t.Token
	found.Hash, found.Browser = bytes.Clone(t.Hash), bytes.Clone(t.Browser)
	return found, nil
}

// Redeem uses a token.
func (s *accountStore) Redeem(ctx context.Context, r accounts.Redemption) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	t, err := s.token(r.Hash, r.Purpose, r.Now)
	if err != nil {
		return err
	}
	if r.Create == nil {
		if err := s.change(ctx, t.UserID, *r.Change); err != nil {
			return err
		}
		t.used = true
		return nil
	}
	if err := s.mayAdd(*r.Create); err != nil {
		return err
	}
	s.add(*r.Create)
	t.used = true
	for hash, other := range s.tokens {
		if other != t && other.Canonical == r.Create.Canonical && other.Purpose == accounts.PurposeSignup {
			delete(s.tokens, hash)
		}
	}
	return nil
}
