package sessions

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

var (
	// ErrNoHandler means that no [Manager.Handler] is in front of the code that
	// wants to change a session.
	ErrNoHandler = errors.New("sessions: no session handler in front")
	// ErrGone means that the session was ended from elsewhere during the
	// request; it is not brought back.
	ErrGone = errors.New("sessions: ended meanwhile")
)

// maxAttempts bounds how often a change is tried anew because another request
// of the same visitor was faster.
const maxAttempts = 16

func isGone(err error) bool { return errors.Is(err, ErrNotFound) }

// Set keeps value under key for the visitor. See [Update].
func Set(ctx context.Context, key, value string) error {
	return Update(ctx, func(v *Values) error {
		v.Set(key, value)
		return nil
	})
}

// Delete forgets the value of key. See [Update].
func Delete(ctx context.Context, key string) error {
	return Update(ctx, func(v *Values) error {
		v.Delete(key)
		return nil
	})
}

// Update lets change alter what the visitor's session keeps, and stores it. If
// another request of the visitor changed the session meanwhile, change is called
// again with the newer values, so that neither loses what it wrote. An error of
// change is returned and nothing is stored. A visitor without a session gets an
// anonymous one, unless nothing is to be kept. It must be called before the
// response's header is written.
func Update(ctx context.Context, change func(*Values) error) error {
	v := visitFrom(ctx)
	if v == nil {
		return ErrNoHandler
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	defer v.note()
	if v.session == nil {
		return v.begin(ctx, change)
	}
	m, rec := v.manager, v.session.rec
	for range maxAttempts {
		data, err := apply(rec.Data, change)
		if err != nil {
			return err
		}
		if bytes.Equal(data, rec.Data) {
			v.session = &Session{rec}
			return nil
		}
		next := rec
		next.Data = data
		v.stamp(&next, v.info.Time(m.now))
		err = m.store.Save(ctx, next)
		if err == nil {
			next.Version++
			v.session = &Session{next}
			return nil
		}
		if errors.Is(err, ErrConflict) {
			rec, err = m.store.Load(ctx, rec.Hash)
		}
		if isGone(err) {
			v.session = nil
			return ErrGone
		}
		if err != nil {
			return fmt.Errorf("changing a session: %w", err)
		}
	}
	return fmt.Errorf("changing a session: %w", ErrConflict)
}

func apply(data []byte, change func(*Values) error) ([]byte, error) {
	values, err := decode(data)
	if err != nil {
		return nil, err
	}
	if err := change(values); err != nil {
		return nil, err
	}
	return values.encode()
}

// begin gives a visitor the anonymous session that is needed to keep values.
func (v *visit) begin(ctx context.Context, change func(*Values) error) error {
	data, err := apply(nil, change)
	if err != nil || len(data) == 0 {
		return err
	}
	return v.replace(ctx, Record{Created: v.info.Time(v.manager.now), Data: data}, Hash{})
}
