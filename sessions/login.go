package sessions

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/merlon-go/merlon/audit"
)

// maxUser bounds a user's id, in bytes.
const maxUser = 255

// Start begins the session of a user whose credentials were just checked: under
// a new token, so that one that was planted before opens nothing (session
// fixation). What an anonymous visitor or the same user kept stays; what another
// user kept does not. Each of changes may alter what is kept, in the same step.
// It must be called before the response's header is written.
func (m *Manager) Start(w http.ResponseWriter, r *http.Request, userID string, changes ...func(*Values)) error {
	if userID == "" || len(userID) > maxUser || !utf8.ValidString(userID) || strings.IndexByte(userID, 0) >= 0 {
		return errors.New("sessions: user id is empty, too long or not text")
	}
	v := visitFrom(r.Context())
	if v == nil {
		return ErrNoHandler
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	now := v.info.Time(m.now)
	rec := Record{UserID: userID, Created: now, Authenticated: now}
	var old Hash
	if v.session != nil {
		old = v.session.rec.Hash
		if before := v.session.UserID(); before == "" || before == userID {
			rec.Data = v.session.rec.Data
		}
	}
	var err error
	if rec.Data, err = applyAll(rec.Data, changes); err != nil {
		return err
	}
	err = v.replace(r.Context(), rec, old)
	if errors.Is(err, ErrGone) { // ended meanwhile, and with it what it kept
		if rec.Data, err = applyAll(nil, changes); err != nil {
			return err
		}
		err = v.replace(r.Context(), rec, Hash{})
	}
	if err != nil {
		return err
	}
	m.record(r.Context(), v, audit.SessionCreated, userID)
	return nil
}

// Renew gives the visitor's session a new token, as is right when what it may
// do has changed: after a password change, or a second factor. If
// authenticated, credentials were just checked and [Session.AuthenticatedAt] is
// now. A visitor without a session gets nothing; a session that was ended
// meanwhile gives [ErrGone].
func (m *Manager) Renew(w http.ResponseWriter, r *http.Request, authenticated bool) error {
	v := visitFrom(r.Context())
	if v == nil {
		return ErrNoHandler
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.session == nil {
		return nil
	}
	// Read anew: another request may have kept something meanwhile.
	rec, err := m.store.Load(r.Context(), v.session.rec.Hash)
	if isGone(err) {
		v.session = nil
		return ErrGone
	}
	if err != nil {
		return fmt.Errorf("renewing a session: %w", err)
	}
	if authenticated {
		rec.Authenticated = v.info.Time(m.now)
	}
	if err := v.replace(r.Context(), rec, rec.Hash); err != nil {
		return err
	}
	m.record(r.Context(), v, audit.SessionRenewed, rec.UserID)
	return nil
}

// End ends the visitor's session: the row is deleted, and then the cookie. An
// error means that the session is still there, which the visitor must be told.
func (m *Manager) End(w http.ResponseWriter, r *http.Request) error {
	v := visitFrom(r.Context())
	if v == nil {
		return ErrNoHandler
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.session == nil {
		return nil
	}
	user := v.session.UserID()
	if err := m.store.Delete(r.Context(), v.session.rec.Hash); err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	v.note()
	v.session = nil
	v.setCookie(m.expired)
	if user != "" {
		m.record(r.Context(), v, audit.SessionLogout, user)
	}
	return nil
}

func applyAll(data []byte, changes []func(*Values)) ([]byte, error) {
	if len(changes) == 0 {
		return data, nil
	}
	return apply(data, func(values *Values) error {
		for _, change := range changes {
			change(values)
		}
		return nil
	})
}

// replace stores r under a new token and a new id in place of the session with
// the hash old, and sends the cookie.
func (v *visit) replace(ctx context.Context, r Record, old Hash) error {
	var raw [32]byte
	var id [16]byte
	rand.Read(raw[:]) // never fails since Go 1.24
	rand.Read(id[:])
	r.Hash = sha256.Sum256(raw[:])
	r.ID = hex.EncodeToString(id[:])
	r.Version = 1
	v.stamp(&r, v.info.Time(v.manager.now))
	err := v.manager.store.Create(ctx, r, old)
	if isGone(err) {
		v.session = nil
		return ErrGone
	}
	if err != nil {
		return fmt.Errorf("beginning a session: %w", err)
	}
	v.session = &Session{r}
	v.note()
	v.setCookie(v.manager.name + "=" + base64.RawURLEncoding.EncodeToString(raw[:]) + v.manager.attributes)
	return nil
}

// setCookie adds the cookie and drops one of the same name that this response
// was to set before.
func (v *visit) setCookie(line string) {
	v.info.LockHeader()
	defer v.info.UnlockHeader()
	var lines []string
	for _, other := range v.header["Set-Cookie"] {
		if !strings.HasPrefix(other, v.manager.name+"=") {
			lines = append(lines, other)
		}
	}
	v.header["Set-Cookie"] = append(lines, line)
}
