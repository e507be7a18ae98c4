package accounts

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/passwords"
)

// maxList bounds one answer of [Accounts.List].
const maxList = 1000

// Create makes an account. An empty password gives one that cannot be used
// until its owner resets it. A user who is not verified cannot sign in before a
// reset link was used. It returns [ErrExists], passwords.Problems, or an error
// that wraps mail.ErrAddress.
func (a *Accounts) Create(ctx context.Context, email, password string, verified bool) (User, error) {
	canonical, shown, err := mail.Canonical(email)
	if err != nil {
		return User{}, err
	}
	hash, err := a.hashNew(ctx, password, shown)
	if err != nil {
		return User{}, err
	}
	now := cut(a.cfg.Now())
	u := User{
		ID: newID(now), Email: shown, Canonical: canonical, Password: secretOf(hash), Verified: verified,
		Created: now, PasswordChanged: now,
	}
	if err := a.cfg.Store.Create(ctx, u, nil); err != nil {
		return User{}, fmt.Errorf("creating a user: %w", err)
	}
	a.note(ctx, audit.UserCreated, u, "administrator")
	return u, nil
}

func (a *Accounts) hashNew(ctx context.Context, password, email string) (string, error) {
	if password == "" {
		return passwords.Unusable(), nil
	}
	if err := a.cfg.Policy.Validate(ctx, password, email); err != nil {
		return "", err
	}
	return a.cfg.Passwords.Hash(ctx, password)
}

// List returns up to limit users whose ID is greater than after, by ID, which
// is the order of creation. Zero or more than 1000 means 1000.
func (a *Accounts) List(ctx context.Context, after string, limit int) ([]User, error) {
	if limit <= 0 || limit > maxList {
		limit = maxList
	}
	list, err := a.cfg.Store.List(ctx, after, limit)
	if err != nil {
		return nil, fmt.Errorf("listing users: %w", err)
	}
	return list, nil
}

// Get returns the user with that ID or e-mail address, or [ErrNotFound].
func (a *Accounts) Get(ctx context.Context, idOrEmail string) (User, error) {
	key := Key{ID: idOrEmail}
	if strings.Contains(idOrEmail, "@") {
		canonical, _, err := mail.Canonical(idOrEmail)
		if err != nil {
			return User{}, err
		}
		key = Key{Canonical: canonical}
	}
	if key == (Key{}) {
		return User{}, ErrNotFound
	}
	u, err := a.cfg.Store.Find(ctx, key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("finding a user: %w", err)
	}
	return u, err
}

// Disable bars the user from signing in and ends all sessions.
func (a *Accounts) Disable(ctx context.Context, idOrEmail string) error {
	now := cut(a.cfg.Now())
	u, err := a.alter(ctx, idOrEmail, Change{Disabled: new(true), RevokedBefore: &now})
	if err != nil {
		return err
	}
	a.note(ctx, audit.UserArchived, u, "disabled")
	_, err = a.cfg.Sessions.RevokeAll(ctx, u.ID)
	return err
}

// Enable lifts a [Accounts.Disable]. Ended sessions stay ended.
func (a *Accounts) Enable(ctx context.Context, idOrEmail string) error {
	u, err := a.alter(ctx, idOrEmail, Change{Disabled: new(false)})
	if err == nil {
		a.note(ctx, audit.UserUpdated, u, "enabled")
	}
	return err
}

// SetStaff says whether the user may use the console.
func (a *Accounts) SetStaff(ctx context.Context, idOrEmail string, staff bool) error {
	u, err := a.alter(ctx, idOrEmail, Change{Staff: &staff})
	if err == nil {
		a.note(ctx, audit.PrivilegesChanged, u, map[bool]string{true: "staff", false: "not-staff"}[staff])
	}
	return err
}

// SetPassword gives the user another password, mails that it happened, and ends
// all sessions. It returns passwords.Problems if the policy refuses it, and
// [ErrChanged] if the owner changed it at the same moment.
func (a *Accounts) SetPassword(ctx context.Context, idOrEmail, password string) error {
	u, err := a.Get(ctx, idOrEmail)
	if err != nil {
		return err
	}
	if password == "" {
		return passwords.ErrEmpty
	}
	hash, err := a.hashNew(ctx, password, u.Email)
	if err != nil {
		return err
	}
	c, err := a.newPassword(ctx, u, hash, cut(a.cfg.Now()))
	if err != nil {
		return err
	}
	if err := a.cfg.Store.Update(ctx, u.ID, c); err != nil {
		return fmt.Errorf("changing a password: %w", err)
	}
	a.cfg.Mail.Wake()
	a.note(ctx, audit.PasswordChange, u, "administrator")
	if _, err = a.cfg.Sessions.RevokeAll(ctx, u.ID); err == nil {
		err = a.cfg.Guard.PasswordChanged(ctx, u.Canonical)
	}
	if err != nil {
		return fmt.Errorf("the password was changed; tidying up after it: %w", err)
	}
	return nil
}

// SignOut ends all sessions of the user.
func (a *Accounts) SignOut(ctx context.Context, idOrEmail string) error {
	now := cut(a.cfg.Now())
	u, err := a.alter(ctx, idOrEmail, Change{RevokedBefore: &now})
	if err != nil {
		return err
	}
	a.note(ctx, audit.SessionRevoked, u, "administrator")
	_, err = a.cfg.Sessions.RevokeAll(ctx, u.ID)
	return err
}

func (a *Accounts) alter(ctx context.Context, idOrEmail string, c Change) (User, error) {
	u, err := a.Get(ctx, idOrEmail)
	if err != nil {
		return User{}, err
	}
	if err := a.cfg.Store.Update(ctx, u.ID, c); err != nil {
		return User{}, fmt.Errorf("changing a user: %w", err)
	}
	return u, nil
}

// note records an event that belongs to no request.
func (a *Accounts) note(ctx context.Context, name audit.Name, u User, reason string) {
	_ = a.cfg.Audit.Record(ctx, audit.Event{Name: name, Subject: u.Canonical, Actor: "", Control: "accounts", Reason: reason})
}
