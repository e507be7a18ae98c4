package sessions

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/merlon-go/merlon/audit"
)

// A Listed is one session as its user sees it in a list.
type Listed struct {
	ID              string
	CreatedAt       time.Time
	AuthenticatedAt time.Time
	LastSeenAt      time.Time // within a minute
	ExpiresAt       time.Time
	Client          netip.Addr // the zero Addr if unknown
	UserAgent       string     // as the client sent it: at most 256 bytes, one line, not to be trusted
	Current         bool       // it is the one of the request that asks
}

var errNoUser = errors.New("sessions: empty user id")

// List returns the sessions of a user, the one seen last first.
func (m *Manager) List(ctx context.Context, userID string) ([]Listed, error) {
	if userID == "" {
		return nil, errNoUser
	}
	now := m.now()
	records, err := m.store.List(ctx, userID, now)
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	current := m.current(ctx, userID)
	list := make([]Listed, 0, len(records))
	for i := range records {
		r := &records[i]
		if m.over(r, now) {
			continue
		}
		list = append(list, Listed{r.ID, r.Created, r.Authenticated, r.LastSeen, r.Expires, r.Client, r.UserAgent, r.ID == current})
	}
	return list, nil
}

// current returns the id of the session that ctx belongs to, if it is userID's.
func (m *Manager) current(ctx context.Context, userID string) string {
	if s := From(ctx); s != nil && s.UserID() == userID {
		return s.ID()
	}
	return ""
}

// Revoke ends the session id of a user, at once and for every node, or returns
// [ErrNotFound]. The id of another user's session is not found.
func (m *Manager) Revoke(ctx context.Context, userID, id string) error {
	if id == "" || len(id) > 64 {
		return ErrNotFound
	}
	n, err := m.revoke(ctx, Selector{UserID: userID, ID: id})
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// RevokeOthers ends all sessions of a user but the one that ctx belongs to, and
// returns how many it ended.
func (m *Manager) RevokeOthers(ctx context.Context, userID string) (int, error) {
	return m.revoke(ctx, Selector{UserID: userID, Except: m.current(ctx, userID)})
}

// RevokeAll ends all sessions of a user, as is right when the account was
// disabled, and returns how many it ended.
func (m *Manager) RevokeAll(ctx context.Context, userID string) (int, error) {
	return m.revoke(ctx, Selector{UserID: userID})
}

func (m *Manager) revoke(ctx context.Context, s Selector) (int, error) {
	if s.UserID == "" {
		return 0, errNoUser
	}
	n, err := m.store.Revoke(ctx, s)
	if err != nil {
		return n, fmt.Errorf("revoking sessions: %w", err)
	}
	if n == 0 {
		return 0, nil
	}
	v := visitFrom(ctx)
	if v != nil {
		v.mu.Lock()
		defer v.mu.Unlock()
		if own := v.session; own != nil && own.UserID() == s.UserID && own.ID() != s.Except && (s.ID == "" || s.ID == own.ID()) {
			v.session = nil
			v.setCookie(m.expired)
		}
	}
	m.record(ctx, v, audit.SessionRevoked, s.UserID)
	return n, nil
}
