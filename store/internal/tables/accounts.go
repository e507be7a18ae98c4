package tables

import (
	"context"
	"errors"
	"time"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/safesql"
	"github.com/merlon-go/merlon/secrets"
)

// Accounts returns the users and their one-time tokens.
func (db DB) Accounts() accounts.Store { return accountStore{db} }

type accountStore struct{ db DB }

const (
	selectUser = `
SELECT id, email, canonical, password, verified, disabled, staff, created_at, password_changed, last_login, revoked_before
FROM accounts`
	findUserByID      = selectUser + ` WHERE id = ?`
	findUserByAddress = selectUser + ` WHERE canonical = ?`
)

// Find returns the user of that key.
func (s accountStore) Find(ctx context.Context, key accounts.Key) (accounts.User, error) {
	q := safesql.New(findUserByID, key.ID)
	if key.ID == "" {
		q = safesql.New(findUserByAddress, key.Canonical)
	}
	u, err := safesql.One(ctx, s.db.Read, q, scanUser)
	if errors.Is(err, safesql.ErrNoRows) || errors.Is(err, safesql.ErrText) {
		return accounts.User{}, accounts.ErrNotFound
	}
	return u, err
}

func scanUser(row safesql.Row) (accounts.User, error) {
	var (
		u                               accounts.User
		password                        string
		created, changed, login, before int64
	)
	err := row.Scan(&u.ID, &u.Email, &u.Canonical, &password, &u.Verified, &u.Disabled, &u.Staff, &created, &changed, &login, &before)
	u.Password = secrets.New(password)
	u.Created, u.PasswordChanged = safesql.FromMicros(created), safesql.FromMicros(changed)
	u.LastLogin, u.RevokedBefore = safesql.FromMicros(login), safesql.FromMicros(before)
	return u, err
}

// List returns users by ID.
func (s accountStore) List(ctx context.Context, after string, limit int) ([]accounts.User, error) {
	return safesql.All(ctx, s.db.Read, safesql.Concat(safesql.New(selectUser), s.db.UsersAfter(after, limit)), scanUser)
}

const insertUser = `INSERT INTO accounts
	(id, email, canonical, password, verified, disabled, staff, created_at, password_changed, last_login, revoked_before)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

func addUser(ctx context.Context, tx *safesql.Tx, u accounts.User) error {
	_, err := tx.Exec(ctx, safesql.New(insertUser, u.ID, u.Email, u.Canonical, u.Password.Reveal(), u.Verified, u.Disabled, u.Staff,
		safesql.Micros(u.Created), safesql.Micros(u.PasswordChanged), safesql.Micros(u.LastLogin), safesql.Micros(u.RevokedBefore)))
	if errors.Is(err, safesql.ErrUnique) {
		return accounts.ErrExists
	}
	return err
}

// Create adds a user.
func (s accountStore) Create(ctx context.Context, u accounts.User, entry *mail.Entry) error {
	return s.db.Write.Tx(ctx, func(tx *safesql.Tx) error {
		if err := addUser(ctx, tx, u); err != nil {
			return err
		}
		return enqueue(ctx, tx, entry)
	})
}

// Update changes a user.
func (s accountStore) Update(ctx context.Context, id string, c accounts.Change) error {
	return s.db.Write.Tx(ctx, func(tx *safesql.Tx) error { return changeUser(ctx, tx, id, c) })
}

const (
	userExists        = `SELECT count(*) FROM accounts WHERE id = ?`
	deleteResetTokens = `DELETE FROM account_tokens WHERE user_id = ? AND purpose = 'reset'`
)

func changeUser(ctx context.Context, tx *safesql.Tx, id string, c accounts.Change) error {
	set := safesql.Join(", ",
		safesql.If(c.Password != nil, safesql.New("password = ?", text(c.Password))),
		safesql.If(c.PasswordChanged != nil, safesql.New("password_changed = ?", micros(c.PasswordChanged))),
		safesql.If(c.LastLogin != nil, safesql.New("last_login = ?", micros(c.LastLogin))),
		safesql.If(c.RevokedBefore != nil, safesql.New("revoked_before = ?", micros(c.RevokedBefore))),
		safesql.If(c.Verified != nil, safesql.New("verified = ?", isSet(c.Verified))),
		safesql.If(c.Disabled != nil, safesql.New("disabled = ?", isSet(c.Disabled))),
		safesql.If(c.Staff != nil, safesql.New("staff = ?", isSet(c.Staff))),
	)
	if set.IsZero() {
		set = safesql.New("id = id")
	}
	where := safesql.New("WHERE id = ?", id)
	if c.IfPasswordChanged != nil {
		where = safesql.Concat(where, safesql.New("AND password_changed = ?", micros(c.IfPasswordChanged)))
	}
	n, err := tx.Exec(ctx, safesql.Concat(safesql.New("UPDATE accounts SET"), set, where))
	if err != nil {
		return err
	}
	if n == 0 {
		return whyUnchanged(ctx, tx, id)
	}
	if c.Password != nil && c.PasswordChanged != nil {
		if _, err := tx.Exec(ctx, safesql.New(deleteResetTokens, id)); err != nil {
			return err
		}
	}
	return enqueue(ctx, tx, c.Mail)
}

func whyUnchanged(ctx context.Context, tx *safesql.Tx, id string) error {
	n, err := safesql.One(ctx, tx, safesql.New(userExists, id), safesql.Int)
	switch {
	case err != nil:
		return err
	case n == 0:
		return accounts.ErrNotFound
	}
	return accounts.ErrChanged
}

func text(password *secrets.Secret) string {
	if password == nil {
		return ""
	}
	return password.Reveal()
}

func micros(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return safesql.Micros(*t)
}

func isSet(flag *bool) bool { return flag != nil && *flag }

// enqueue adds the mail, if there is one, to the outbox.
func enqueue(ctx context.Context, tx *safesql.Tx, entry *mail.Entry) error {
	if entry == nil {
		return nil
	}
	return addOutbox(ctx, tx, *entry)
}

const (
	purgeTokens = `DELETE FROM account_tokens WHERE hash IN (SELECT hash FROM account_tokens WHERE expires_at < ?`
	countTokens = `SELECT count(*) FROM account_tokens WHERE canonical = ? AND created_at > ?`
	insertToken = `INSERT INTO account_tokens
	(hash, purpose, user_id, email, canonical, password, browser, created_at, expires_at, used_at)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`
)

// keepTokens is how long a token is kept after it expired, for the count of
// mails to its address.
const keepTokens = 24 * time.Hour

// Issue adds a token and its mail. Old tokens go first, in a step of their own,
// so that nobody holds them while it waits for the address.
func (s accountStore) Issue(ctx context.Context, t accounts.Token, entry mail.Entry, b accounts.Budget) error {
	old := safesql.New(purgeTokens, safesql.Micros(t.Created.Add(-keepTokens)))
	if _, err := s.db.Write.Exec(ctx, safesql.Concat(old, s.db.SkipLocked, safesql.New(")"))); err != nil {
		return err
	}
	return s.db.Write.Tx(ctx, func(tx *safesql.Tx) error {
		if err := lock(ctx, tx, on(t.Canonical, s.db.LockAddress)); err != nil {
			return err
		}
		n, err := safesql.One(ctx, tx, safesql.New(countTokens, t.Canonical, safesql.Micros(b.Since)), safesql.Int)
		if err != nil {
			return err
		}
		if n >= int64(b.Max) {
			return accounts.ErrTooMany
		}
		_, err = tx.Exec(ctx, safesql.New(insertToken, t.Hash, string(t.Purpose), t.UserID, t.Email, t.Canonical,
			t.Password.Reveal(), t.Browser, safesql.Micros(t.Created), safesql.Micros(t.Expires)))
		if err != nil {
			return err
		}
		return addOutbox(ctx, tx, entry)
	})
}

const findToken = `SELECT hash, purpose, user_id, email, canonical, password, browser, created_at, expires_at
	FROM account_tokens WHERE hash = ? AND purpose = ? AND used_at = 0 AND expires_at > ?`

// Token returns a token that can be used.
func (s accountStore) Token(ctx context.Context, hash []byte, p accounts.Purpose, now time.Time) (accounts.Token, error) {
	t, err := safesql.One(ctx, s.db.Read, safesql.New(findToken, hash, string(p), safesql.Micros(now)), scanToken)
	if errors.Is(err, safesql.ErrNoRows) {
		return accounts.Token{}, accounts.ErrToken
	}
	return t, err
}

func scanToken(row safesql.Row) (accounts.Token, error) {
	var (
		t                accounts.Token
		purpose          string
		password         string
		created, expires int64
	)
	err := row.Scan(&t.Hash, &purpose, &t.UserID, &t.Email, &t.Canonical, &password, &t.Browser, &created, &expires)
	t.Purpose, t.Password = accounts.Purpose(purpose), secrets.New(password)
	t.Created, t.Expires = safesql.FromMicros(created), safesql.FromMicros(expires)
	return t, err
}

const (
	useToken = `UPDATE account_tokens SET used_at = ?
	WHERE hash = ? AND purpose = ? AND used_at = 0 AND expires_at > ?`
	tokenUser          = `SELECT user_id FROM account_tokens WHERE hash = ?`
	deleteSignupTokens = `DELETE FROM account_tokens WHERE canonical = ? AND purpose = 'signup' AND hash <> ?`
)

// Redeem uses a token. The conditional update is what one of many callers
// passes; what follows stands or falls with it.
//
// The address, or the user, is locked before the token: whoever wins takes the
// other tokens away, and would wait for their holders for ever.
func (s accountStore) Redeem(ctx context.Context, r accounts.Redemption) error {
	return s.db.Write.Tx(ctx, func(tx *safesql.Tx) error {
		if r.Create != nil {
			return s.confirm(ctx, tx, r)
		}
		id, err := safesql.One(ctx, tx, safesql.New(tokenUser, r.Hash), safesql.Text)
		if errors.Is(err, safesql.ErrNoRows) {
			return accounts.ErrToken
		}
		if err != nil {
			return err
		}
		if err := lock(ctx, tx, on(id, s.db.LockUser)); err != nil {
			return err
		}
		if err := use(ctx, tx, r); err != nil {
			return err
		}
		return changeUser(ctx, tx, id, *r.Change)
	})
}

// confirm makes the account that a token stands for.
func (s accountStore) confirm(ctx context.Context, tx *safesql.Tx, r accounts.Redemption) error {
	if err := lock(ctx, tx, on(r.Create.Canonical, s.db.LockAddress)); err != nil {
		return err
	}
	if err := use(ctx, tx, r); err != nil {
		return err
	}
	if err := addUser(ctx, tx, *r.Create); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, safesql.New(deleteSignupTokens, r.Create.Canonical, r.Hash))
	return err
}

// use marks the token as used, once.
func use(ctx context.Context, tx *safesql.Tx, r accounts.Redemption) error {
	now := safesql.Micros(r.Now)
	n, err := tx.Exec(ctx, safesql.New(useToken, now, r.Hash, string(r.Purpose), now))
	if err == nil && n != 1 {
		err = accounts.ErrToken
	}
	return err
}
