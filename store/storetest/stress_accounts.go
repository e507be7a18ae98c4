package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/secrets"
)

var accountActions = []action{
	{"accounts: Create", (*actor).createUser, []error{accounts.ErrExists}, false},
	{"accounts: Find", (*actor).findUser, []error{accounts.ErrNotFound}, true},
	{"accounts: List", (*actor).listUsers, nil, true},
	{"accounts: Update", (*actor).updateUser, []error{accounts.ErrNotFound, accounts.ErrChanged}, false},
	{"accounts: Update password", (*actor).changePassword, []error{accounts.ErrNotFound, accounts.ErrChanged}, false},
	{"accounts: Issue", (*actor).issueToken, []error{accounts.ErrTooMany, accounts.ErrNotFound}, false},
	{"accounts: Issue sign-up", (*actor).issueSignup, []error{accounts.ErrTooMany}, false},
	{"accounts: Token", (*actor).findToken, []error{accounts.ErrToken}, true},
	{"accounts: Redeem", (*actor).redeemToken, []error{accounts.ErrToken, accounts.ErrExists, accounts.ErrNotFound, accounts.ErrChanged}, false},
	{"accounts: Redeem again", (*actor).redeemToken, []error{accounts.ErrToken, accounts.ErrExists, accounts.ErrNotFound, accounts.ErrChanged}, false},
}

// newUser is somebody with an address that others want, too.
func (a *actor) newUser() accounts.User {
	u := person(a.user())
	u.ID = "id-" + a.name()
	return u
}

// letter is a mail of its own, or none.
func (a *actor) letter() *mail.Entry {
	if a.chance(2) == 0 {
		return nil
	}
	e := entry(a.name())
	return &e
}

// sent counts the letters of a step that was done.
func (a *actor) sent(err error, letters ...*mail.Entry) error {
	for _, e := range letters {
		if err == nil && e != nil {
			a.mails.Add(1)
		}
	}
	return err
}

func (a *actor) createUser(ctx context.Context) error {
	letter := a.letter()
	return a.sent(a.Accounts.Create(ctx, a.newUser(), letter), letter)
}

func (a *actor) find(ctx context.Context) (accounts.User, error) {
	return a.Accounts.Find(ctx, accounts.Key{Canonical: person(a.user()).Canonical})
}

func (a *actor) findUser(ctx context.Context) error {
	_, err := a.find(ctx)
	return err
}

func (a *actor) listUsers(ctx context.Context) error {
	_, err := a.Accounts.List(ctx, "", 10)
	return err
}

func (a *actor) updateUser(ctx context.Context) error {
	u, err := a.find(ctx)
	if err != nil {
		return err
	}
	login, letter := a.now(), a.letter()
	c := accounts.Change{LastLogin: &login, Mail: letter}
	if a.chance(2) == 0 {
		c.IfPasswordChanged = &u.PasswordChanged
	}
	return a.sent(a.Accounts.Update(ctx, u.ID, c), letter)
}

// newPassword is the change that takes the user's links away.
func (a *actor) newPassword() accounts.Change {
	password, now := secrets.New("hash-"+a.name()), a.now()
	return accounts.Change{Password: &password, PasswordChanged: &now, RevokedBefore: &now, Mail: a.letter()}
}

func (a *actor) changePassword(ctx context.Context) error {
	u, err := a.find(ctx)
	if err != nil {
		return err
	}
	c := a.newPassword()
	if a.chance(2) == 0 {
		c.IfPasswordChanged = &u.PasswordChanged
	}
	return a.sent(a.Accounts.Update(ctx, u.ID, c), c.Mail)
}

func (a *actor) issueToken(ctx context.Context) error {
	u, err := a.find(ctx)
	if err != nil {
		return err
	}
	return a.issue(ctx, accounts.PurposeReset, u)
}

func (a *actor) issueSignup(ctx context.Context) error {
	return a.issue(ctx, accounts.PurposeSignup, a.newUser())
}

// issue adds a token: now and then so much later that older ones are swept.
func (a *actor) issue(ctx context.Context, p accounts.Purpose, u accounts.User) error {
	token, letter := ticket(a.name(), p, u), entry(a.name())
	token.Created = a.now().Add(time.Duration(a.chance(3)*26) * time.Hour)
	token.Expires = token.Created.Add(time.Hour)
	budget := accounts.Budget{Max: 1 + a.chance(100), Since: epoch.Add(-time.Hour)}
	err := a.sent(a.Accounts.Issue(ctx, token, letter, budget), &letter)
	if err == nil {
		remember(a, &a.tokens, token)
	}
	return err
}

func (a *actor) findToken(ctx context.Context) error {
	token := recall(a, &a.tokens)
	_, err := a.Accounts.Token(ctx, token.Hash, token.Purpose, a.now())
	return err
}

func (a *actor) redeemToken(ctx context.Context) error {
	token := recall(a, &a.tokens)
	r := accounts.Redemption{Hash: token.Hash, Purpose: token.Purpose, Now: a.now()}
	var letter *mail.Entry
	if token.Purpose == accounts.PurposeSignup {
		u := a.newUser()
		u.Email, u.Canonical = token.Email, token.Canonical
		r.Create = &u
	} else {
		c := a.newPassword()
		r.Change, letter = &c, c.Mail
	}
	err := a.sent(a.Accounts.Redeem(ctx, r), letter)
	if err == nil {
		a.count(&a.redeemed, string(token.Hash))
	}
	return err
}

// checkAccounts: no token was used twice, and no address has two users.
func (s *stress) checkAccounts(store accounts.Store) {
	for _, n := range s.redeemed {
		if n != 1 {
			s.Errorf("a token was used %d times", n)
		}
	}
	all, err := store.List(s.Context(), "", 100)
	if err != nil || len(all) > len(stressUsers) {
		s.Errorf("%d users have %d addresses (%v)", len(all), len(stressUsers), err)
	}
	for _, u := range all {
		if same, err := store.Find(s.Context(), accounts.Key{Canonical: u.Canonical}); same.ID != u.ID || err != nil {
			s.Errorf("%s belongs to %s and to %s (%v)", u.Canonical, u.ID, same.ID, err)
		}
	}
}

var outboxActions = []action{
	{"outbox: Add", (*actor).addMail, nil, false},
	{"outbox: Claim", (*actor).claimMail, []error{mail.ErrLost}, false},
	{"outbox: Claim in a hurry", (*actor).claimMail, []error{mail.ErrLost}, false},
	{"outbox: Stats", (*actor).mailStats, nil, true},
	{"outbox: Purge", (*actor).purgeMail, nil, false},
}

func (a *actor) addMail(ctx context.Context) error {
	e := entry(a.name())
	return a.sent(a.Outbox.Add(ctx, e), &e)
}

// claimMail takes a few mails and ends each in some way. The time of others goes
// on meanwhile, so that some leases run out.
func (a *actor) claimMail(ctx context.Context) error {
	now, claim, most := a.now(), a.name(), 1+a.chance(4)
	claimed, err := a.Outbox.Claim(ctx, now, now.Add(4*time.Second), claim, most)
	if err == nil && len(claimed) > most {
		err = fmt.Errorf("%d mails for a claim of %d", len(claimed), most)
	}
	if err != nil {
		return err
	}
	var lost error
	for _, e := range claimed {
		switch a.chance(3) {
		case 0:
			err = a.Outbox.Retry(ctx, e.ID, claim, a.now(), "busy")
		case 1:
			if err = a.Outbox.Sent(ctx, e.ID, claim, a.now()); err == nil {
				a.count(&a.ended, e.ID)
			}
		case 2:
			if err = a.Outbox.Bury(ctx, e.ID, claim, a.now(), "gone"); err == nil {
				a.count(&a.ended, e.ID)
			}
		}
		if err != nil {
			lost = err
		}
	}
	return lost
}

func (a *actor) mailStats(ctx context.Context) error {
	_, err := a.Outbox.Stats(ctx)
	return err
}

func (a *actor) purgeMail(ctx context.Context) error {
	n, err := a.Outbox.Purge(ctx, a.now().Add(-100*time.Second))
	a.purgedMails.Add(int64(n))
	return err
}

// checkOutbox: no mail was ended twice, and each is somewhere.
func (s *stress) checkOutbox(store mail.Store) {
	for id, n := range s.ended {
		if n != 1 {
			s.Errorf("mail %s was ended %d times", id, n)
		}
	}
	stats, err := store.Stats(s.Context())
	ended, purged, all := int64(len(s.ended)), s.purgedMails.Load(), s.mails.Load()
	if err != nil || int64(stats.Sent+stats.Dead)+purged != ended || int64(stats.Pending)+ended != all {
		s.Errorf("%d mails were added, %d ended and %d of those purged; there are %+v (%v)", all, ended, purged, stats, err)
	}
}
