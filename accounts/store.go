package accounts

import (
	"context"
	"errors"
	"time"

	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/secrets"
)

// Errors of a [Store], for errors.Is.
var (
	// ErrNotFound means that there is no such user.
	ErrNotFound = errors.New("accounts: no such user")
	// ErrExists means that another user has the same e-mail address.
	ErrExists = errors.New("accounts: e-mail address already in use")
	// ErrChanged means that the password is no longer the one a change was
	// based on.
	ErrChanged = errors.New("accounts: password changed meanwhile")
	// ErrToken means that a one-time token is unknown, used or expired.
	ErrToken = errors.New("accounts: token unknown, used or expired")
	// ErrTooMany means that an address has got as many mails as it may.
	ErrTooMany = errors.New("accounts: too many mails to one address")
)

// User is one account. The zero times mean never.
type User struct {
	// ID is a UUID of version 7: random, and in the order of creation.
	ID string
	// Email is the address as it is shown and mailed to.
	Email string
	// Canonical is the form of the address that is compared, see
	// mail.Canonical. It is unique, and never mailed to.
	Canonical string
	// Password is the encoded hash; text that no password matches if the
	// user has none.
	Password secrets.Secret
	// Verified says that the owner of the address confirmed it. A user who is
	// not verified cannot sign in.
	Verified bool
	// Disabled says that the user may not sign in.
	Disabled bool
	// Staff says that the user may use the console.
	Staff bool
	// Created, PasswordChanged and LastLogin are when those happened.
	Created, PasswordChanged, LastLogin time.Time
	// RevokedBefore voids every session that was authenticated earlier.
	RevokedBefore time.Time
}

// A Key names a user by one of two ways; exactly one field is set.
type Key struct {
	ID        string
	Canonical string
}

// Purpose is what a one-time token is for.
type Purpose string

// The purposes of tokens.
const (
	// PurposeSignup makes a user of what the token holds.
	PurposeSignup Purpose = "signup"
	// PurposeReset lets the token's user choose a new password.
	PurposeReset Purpose = "reset"
	// PurposeNotice opens nothing: it stands for a mail that told somebody
	// that there is, or is not, an account, so that such a mail is counted and
	// costs what the others cost.
	PurposeNotice Purpose = "notice"
)

// Token is what is kept of a one-time link. The secret in the link is not.
type Token struct {
	// Hash is SHA-256 of the secret.
	Hash    []byte
	Purpose Purpose
	// UserID is whom a reset token belongs to; "" for the others.
	UserID string
	// Email and Canonical are the address that the mail goes to.
	Email, Canonical string
	// Password is the hash of the password chosen at sign-up. It belongs to
	// this token alone: two sign-ups for one address never mix.
	Password secrets.Secret
	// Browser is SHA-256 of the secret in the cookie of the browser that signed
	// up; empty if the token is not tied to one.
	Browser          []byte
	Created, Expires time.Time
}

// Budget bounds the mails to one address: at most Max tokens issued after Since.
type Budget struct {
	Max   int
	Since time.Time
}

// Change is what to change about a user. Nil fields stay as they are.
type Change struct {
	// IfPasswordChanged makes the change conditional: it happens only if the
	// user's PasswordChanged is this, and fails with [ErrChanged] otherwise.
	IfPasswordChanged *time.Time
	// Password is a new hash. With PasswordChanged it is a new password, and the
	// user's reset tokens must be deleted; without, the same password in
	// another encoding.
	Password *secrets.Secret
	// PasswordChanged, LastLogin and RevokedBefore are set unless nil.
	PasswordChanged, LastLogin, RevokedBefore *time.Time
	Verified, Disabled, Staff                 *bool
	// Mail is added to the outbox in the same transaction.
	Mail *mail.Entry
}

// Redemption is what the use of a token brings about: exactly one of Create
// and Change is set.
type Redemption struct {
	Hash    []byte
	Purpose Purpose
	Now     time.Time
	// Create is the user that a sign-up token becomes.
	Create *User
	// Change is applied to the user that a reset token belongs to.
	Change *Change
}

// Store keeps users and one-time tokens. What a method acknowledges must be
// durable, with the mail that belongs to it. Implementations must be safe for
// concurrent use, must compare addresses byte by byte, must keep times to the
// microsecond in UTC, and must return an error rather than a partial result.
// Package store/storetest holds the suite that every Store passes.
type Store interface {
	// Find returns the user of that key, or ErrNotFound.
	Find(ctx context.Context, key Key) (User, error)
	// List returns up to limit users whose ID is greater than after, by ID.
	List(ctx context.Context, after string, limit int) ([]User, error)
	// Create adds a user, and the mail if it is not nil, or returns ErrExists.
	Create(ctx context.Context, u User, entry *mail.Entry) error
	// Update changes the user with that ID. It returns ErrNotFound or ErrChanged.
	Update(ctx context.Context, id string, c Change) error
	// Issue adds a token and its mail in one transaction. If the address has
	// used up its budget it must add neither and return ErrTooMany.
	Issue(ctx context.Context, t Token, entry mail.Entry, b Budget) error
	// Token returns a token that is neither used nor expired, or ErrToken. It
	// must not use it.
	Token(ctx context.Context, hash []byte, p Purpose, now time.Time) (Token, error)
	// Redeem uses a token and does what follows from it, in one transaction:
	// of any number of callers with one token, one succeeds and the others
	// get ErrToken. If Create meets a taken address it must return ErrExists
	// and leave the token unused. After Create, the other sign-up tokens of
	// the address must be gone.
	Redeem(ctx context.Context, r Redemption) error
}
