package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/secrets"
)

// AccountsDB is what TestAccounts needs of a store: mail must be added in the
// transaction of its cause.
type AccountsDB interface {
	Accounts() accounts.Store
	Outbox() mail.Store
}

// accountsCase is one case's store.
type accountsCase struct {
	accounts.Store
	outbox mail.Store
}

// TestAccounts holds an [accounts.Store] to its contract.
func TestAccounts(t *testing.T, open func(t *testing.T) AccountsDB) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, s accountsCase)
	}{
		{"CreateFind", accountsCreateFind},
		{"AddressIsUnique", accountsAddressIsUnique},
		{"ListByID", accountsList},
		{"Update", accountsUpdate},
		{"UpdateOnlyIfPasswordUnchanged", accountsUpdateConditional},
		{"NewPasswordEndsResetTokens", accountsNewPasswordEndsResets},
		{"TokenOnlyWhileItWorks", accountsToken},
		{"Budget", accountsBudget},
		{"MailStandsOrFallsWithItsCause", accountsMail},
		{"RedeemSignup", accountsRedeemSignup},
		{"RedeemSignupOfTakenAddressLeavesTheToken", accountsRedeemTaken},
		{"RedeemReset", accountsRedeemReset},
		{"RedeemFailsWhole", accountsRedeemFailsWhole},
		{"ParallelRedeemsHaveOneWinner", accountsParallelRedeem},
		{"ParallelConfirmationsOfOneAddressHaveOneWinner", accountsParallelConfirm},
		{"ParallelLinksOfOneUserHaveOneWinner", accountsParallelLinks},
		{"ParallelPasswordChangesHaveOneWinner", accountsParallelChange},
		{"ParallelIssuesKeepTheBudget", accountsParallelIssue},
		{"HostileStrings", accountsHostile},
		{"CancelledContext", accountsCancelled},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := open(t)
			c.test(t, accountsCase{db.Accounts(), db.Outbox()})
		})
	}
}

var sameSecret = cmp.Comparer(func(a, b secrets.Secret) bool { return a.Reveal() == b.Reveal() })

// person makes a user of its own for each name.
func person(name string) accounts.User {
	return accounts.User{
		ID: "id-" + name, Email: name + "@Example.com", Canonical: name + "@example.com", Password: secrets.New("hash-" + name),
		Verified: true, Created: micro(epoch), PasswordChanged: micro(epoch.Add(time.Second)),
	}
}

// ticket makes a token of its own for each name.
func ticket(name string, p accounts.Purpose, u accounts.User) accounts.Token {
	sum := sha256.Sum256([]byte("link " + name))
	browser := sha256.Sum256([]byte("browser " + name))
	t := accounts.Token{
		Hash: sum[:], Purpose: p, UserID: u.ID, Email: u.Email, Canonical: u.Canonical,
		Browser: browser[:], Created: micro(epoch), Expires: micro(epoch.Add(time.Hour)),
	}
	if p == accounts.PurposeSignup {
		t.UserID, t.Password = "", u.Password
	}
	return t
}

func entry(name string) mail.Entry {
	return mail.Entry{ID: "mail-" + name, Recipient: "x@example.com", Payload: []byte("sealed"), Created: epoch.Truncate(time.Millisecond).UTC(), Due: epoch.Truncate(time.Millisecond).UTC()}
}

var plenty = accounts.Budget{Max: 1000, Since: epoch.Add(-time.Hour)}

func (s accountsCase) add(t *testing.T, u accounts.User) {
	t.Helper()
	if err := s.Create(t.Context(), u, nil); err != nil {
		t.Fatalf("Create(%s): %v", u.ID, err)
	}
}

func (s accountsCase) issue(t *testing.T, token accounts.Token) {
	t.Helper()
	if err := s.Issue(t.Context(), token, entry(fmt.Sprintf("%x", token.Hash)), plenty); err != nil {
		t.Fatalf("Issue: %v", err)
	}
}

func (s accountsCase) wantUser(t *testing.T, want accounts.User) {
	t.Helper()
	for _, key := range []accounts.Key{{ID: want.ID}, {Canonical: want.Canonical}} {
		got, err := s.Find(t.Context(), key)
		if err != nil {
			t.Fatalf("Find(%v): %v", key, err)
		}
		if diff := cmp.Diff(want, got, sameSecret); diff != "" {
			t.Errorf("Find(%v) (-want +got):\n%s", key, diff)
		}
	}
}

func (s accountsCase) wantMails(t *testing.T, want int) {
	t.Helper()
	stats, err := s.outbox.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if stats.Pending != want {
		t.Errorf("%d mails in the outbox, want %d", stats.Pending, want)
	}
}

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func accountsCreateFind(t *testing.T, s accountsCase) {
	u := person("ann")
	u.Disabled, u.Staff, u.LastLogin, u.RevokedBefore = true, true, micro(epoch.Add(2*time.Second)), micro(epoch.Add(3*time.Second))
	s.add(t, u)
	s.wantUser(t, u)
	s.add(t, person("bob"))
	s.wantUser(t, person("bob"))
	for _, key := range []accounts.Key{{ID: "id-eve"}, {Canonical: "eve@example.com"}, {Canonical: "ANN@example.com"}, {ID: "ID-ANN"}, {}} {
		_, err := s.Find(t.Context(), key)
		wantErr(t, fmt.Sprintf("Find(%v)", key), err, accounts.ErrNotFound)
	}
}

func accountsAddressIsUnique(t *testing.T, s accountsCase) {
	s.add(t, person("ann"))
	same := person("ann")
	same.ID = "id-other"
	wantErr(t, "same address", s.Create(t.Context(), same, nil), accounts.ErrExists)
	// Addresses that only look alike are different ones.
	for i, address := range []string{"ann@example.com.", "\u0430nn@example.com", "ann\u0301@example.com", "Ann@example.com"} {
		u := person(fmt.Sprint("n", i))
		u.Canonical = address
		s.add(t, u)
	}
}

func accountsList(t *testing.T, s accountsCase) {
	var want []string
	for _, id := range []string{"b", "a-1", "a1", "B", "c", "a_1", "a"} {
		u := person(id)
		u.ID, u.Canonical = id, id
		s.add(t, u)
		want = append(want, id)
	}
	slices.Sort(want) // by bytes, whatever the database's collation
	var got []string
	for after := ""; ; {
		page, err := s.List(t.Context(), after, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range page {
			got = append(got, u.ID)
			after = u.ID
		}
		if len(page) < 3 {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func accountsUpdate(t *testing.T, s accountsCase) {
	u := person("ann")
	s.add(t, u)
	s.add(t, person("bob"))
	at := func(n int) *time.Time { m := micro(epoch.Add(time.Duration(n) * time.Hour)); return &m }
	password := secrets.New("other")
	for _, c := range []struct {
		name   string
		change accounts.Change
		apply  func(u *accounts.User)
	}{
		{"nothing", accounts.Change{}, func(*accounts.User) {}},
		{"password", accounts.Change{Password: &password}, func(u *accounts.User) { u.Password = password }},
		{"password changed", accounts.Change{PasswordChanged: at(1)}, func(u *accounts.User) { u.PasswordChanged = *at(1) }},
		{"last login", accounts.Change{LastLogin: at(2)}, func(u *accounts.User) { u.LastLogin = *at(2) }},
		{"revoked", accounts.Change{RevokedBefore: at(3)}, func(u *accounts.User) { u.RevokedBefore = *at(3) }},
		{"not verified", accounts.Change{Verified: new(false)}, func(u *accounts.User) { u.Verified = false }},
		{"disabled", accounts.Change{Disabled: new(true)}, func(u *accounts.User) { u.Disabled = true }},
		{"staff", accounts.Change{Staff: new(true)}, func(u *accounts.User) { u.Staff = true }},
		{"several", accounts.Change{Staff: new(false), Disabled: new(false), Verified: new(true), LastLogin: at(4)},
			func(u *accounts.User) { u.Staff, u.Disabled, u.Verified, u.LastLogin = false, false, true, *at(4) }},
	} {
		if err := s.Update(t.Context(), u.ID, c.change); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		c.apply(&u)
		s.wantUser(t, u)
	}
	s.wantUser(t, person("bob"))
	wantErr(t, "nobody", s.Update(t.Context(), "id-eve", accounts.Change{Staff: new(true)}), accounts.ErrNotFound)
}

func accountsUpdateConditional(t *testing.T, s accountsCase) {
	u := person("ann")
	s.add(t, u)
	other := u.PasswordChanged.Add(time.Microsecond)
	err := s.Update(t.Context(), u.ID, accounts.Change{IfPasswordChanged: &other, Staff: new(true)})
	wantErr(t, "another time", err, accounts.ErrChanged)
	s.wantUser(t, u)
	err = s.Update(t.Context(), "id-eve", accounts.Change{IfPasswordChanged: &other, Staff: new(true)})
	wantErr(t, "nobody", err, accounts.ErrNotFound)
	if err := s.Update(t.Context(), u.ID, accounts.Change{IfPasswordChanged: &u.PasswordChanged, Staff: new(true)}); err != nil {
		t.Fatal(err)
	}
	u.Staff = true
	s.wantUser(t, u)
}

func accountsNewPasswordEndsResets(t *testing.T, s accountsCase) {
	ann, bob := person("ann"), person("bob")
	s.add(t, ann)
	s.add(t, bob)
	mine, theirs := ticket("mine", accounts.PurposeReset, ann), ticket("theirs", accounts.PurposeReset, bob)
	s.issue(t, mine)
	s.issue(t, theirs)
	password := secrets.New("other")
	if err := s.Update(t.Context(), ann.ID, accounts.Change{Password: &password}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Token(t.Context(), mine.Hash, mine.Purpose, epoch); err != nil {
		t.Errorf("another encoding of the same password ended the reset token: %v", err)
	}
	if err := s.Update(t.Context(), ann.ID, accounts.Change{Password: &password, PasswordChanged: &ann.Created}); err != nil {
		t.Fatal(err)
	}
	_, err := s.Token(t.Context(), mine.Hash, mine.Purpose, epoch)
	wantErr(t, "own token", err, accounts.ErrToken)
	if _, err := s.Token(t.Context(), theirs.Hash, theirs.Purpose, epoch); err != nil {
		t.Errorf("somebody else's token ended: %v", err)
	}
}

func accountsToken(t *testing.T, s accountsCase) {
	u := person("ann")
	token := ticket("a", accounts.PurposeSignup, u)
	s.issue(t, token)
	for _, c := range []struct {
		name    string
		hash    []byte
		purpose accounts.Purpose
		now     time.Time
		want    error
	}{
		{"works", token.Hash, accounts.PurposeSignup, epoch, nil},
		{"works again: looking uses nothing", token.Hash, accounts.PurposeSignup, epoch, nil},
		{"in its last microsecond", token.Hash, accounts.PurposeSignup, token.Expires.Add(-time.Microsecond), nil},
		{"expired", token.Hash, accounts.PurposeSignup, token.Expires, accounts.ErrToken},
		{"other purpose", token.Hash, accounts.PurposeReset, epoch, accounts.ErrToken},
		{"unknown", ticket("b", accounts.PurposeSignup, u).Hash, accounts.PurposeSignup, epoch, accounts.ErrToken},
		{"empty", nil, accounts.PurposeSignup, epoch, accounts.ErrToken},
	} {
		got, err := s.Token(t.Context(), c.hash, c.purpose, c.now)
		wantErr(t, c.name, err, c.want)
		if c.want == nil {
			if diff := cmp.Diff(token, got, sameSecret); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
	}
}

func accountsBudget(t *testing.T, s accountsCase) {
	u := person("ann")
	budget := accounts.Budget{Max: 2, Since: epoch.Add(-time.Hour)}
	issue := func(name string, u accounts.User, at time.Time, b accounts.Budget) error {
		token := ticket(name, accounts.PurposeNotice, u)
		token.Created, token.Expires = micro(at), micro(at.Add(time.Hour))
		return s.Issue(t.Context(), token, entry(name), b)
	}
	wantErr(t, "first", issue("1", u, epoch, budget), nil)
	wantErr(t, "second", issue("2", u, epoch, budget), nil)
	wantErr(t, "third", issue("3", u, epoch, budget), accounts.ErrTooMany)
	wantErr(t, "another address", issue("4", person("bob"), epoch, budget), nil)
	s.wantMails(t, 3)
	later := accounts.Budget{Max: 2, Since: epoch.Add(time.Minute)}
	wantErr(t, "later", issue("5", u, epoch.Add(time.Hour), later), nil)
	s.wantMails(t, 4)
	// Old tokens are swept away in passing, and count no more.
	wantErr(t, "much later", issue("6", u, epoch.Add(72*time.Hour), accounts.Budget{Max: 1, Since: epoch.Add(-time.Hour)}), nil)
}

func accountsMail(t *testing.T, s accountsCase) {
	u := person("ann")
	add := func(name string) *mail.Entry { e := entry(name); return &e }
	wantErr(t, "create", s.Create(t.Context(), u, add("1")), nil)
	s.wantMails(t, 1)
	again := person("ann")
	again.ID = "id-other"
	wantErr(t, "taken address", s.Create(t.Context(), again, add("2")), accounts.ErrExists)
	wantErr(t, "update", s.Update(t.Context(), u.ID, accounts.Change{Mail: add("3")}), nil)
	wantErr(t, "nobody", s.Update(t.Context(), "id-eve", accounts.Change{Mail: add("4")}), accounts.ErrNotFound)
	wantErr(t, "condition", s.Update(t.Context(), u.ID, accounts.Change{IfPasswordChanged: &u.Created, Mail: add("5")}), accounts.ErrChanged)
	s.wantMails(t, 2)
	// A mail that cannot be added takes everything with it.
	if err := s.Update(t.Context(), u.ID, accounts.Change{Staff: new(true), Mail: add("3")}); err == nil {
		t.Error("the same mail was added twice")
	}
	s.wantUser(t, u)
	if err := s.Issue(t.Context(), ticket("a", accounts.PurposeReset, u), *add("3"), plenty); err == nil {
		t.Error("the same mail was added twice")
	}
	_, err := s.Token(t.Context(), ticket("a", accounts.PurposeReset, u).Hash, accounts.PurposeReset, epoch)
	wantErr(t, "token without its mail", err, accounts.ErrToken)
	s.wantMails(t, 2)
}

func signup(token accounts.Token, u accounts.User) accounts.Redemption {
	return accounts.Redemption{Hash: token.Hash, Purpose: accounts.PurposeSignup, Now: epoch, Create: &u}
}

func accountsRedeemSignup(t *testing.T, s accountsCase) {
	u := person("ann")
	token, sibling, reset := ticket("a", accounts.PurposeSignup, u), ticket("b", accounts.PurposeSignup, u), ticket("c", accounts.PurposeSignup, person("bob"))
	s.issue(t, token)
	s.issue(t, sibling)
	s.issue(t, reset)
	late := signup(token, u)
	late.Now = token.Expires
	wantErr(t, "expired", s.Redeem(t.Context(), late), accounts.ErrToken)
	wantErr(t, "works", s.Redeem(t.Context(), signup(token, u)), nil)
	s.wantUser(t, u)
	u2 := person("ann")
	u2.ID = "id-2"
	wantErr(t, "twice", s.Redeem(t.Context(), signup(token, u2)), accounts.ErrToken)
	_, err := s.Token(t.Context(), token.Hash, accounts.PurposeSignup, epoch)
	wantErr(t, "looking at a used one", err, accounts.ErrToken)
	_, err = s.Token(t.Context(), sibling.Hash, accounts.PurposeSignup, epoch)
	wantErr(t, "the other sign-up of the address", err, accounts.ErrToken)
	_, err = s.Token(t.Context(), reset.Hash, accounts.PurposeSignup, epoch)
	wantErr(t, "another address's", err, nil)
}

func accountsRedeemTaken(t *testing.T, s accountsCase) {
	u := person("ann")
	token := ticket("a", accounts.PurposeSignup, u)
	s.issue(t, token)
	s.add(t, u)
	other := person("ann")
	other.ID = "id-2"
	wantErr(t, "taken", s.Redeem(t.Context(), signup(token, other)), accounts.ErrExists)
	_, err := s.Token(t.Context(), token.Hash, accounts.PurposeSignup, epoch)
	wantErr(t, "token", err, nil)
	s.wantUser(t, u)
}

func resetOf(token accounts.Token, password string) accounts.Redemption {
	secret := secrets.New(password)
	at := micro(epoch.Add(time.Minute))
	return accounts.Redemption{Hash: token.Hash, Purpose: accounts.PurposeReset, Now: epoch,
		Change: &accounts.Change{Password: &secret, PasswordChanged: &at, RevokedBefore: &at, Verified: new(true)}}
}

func accountsRedeemReset(t *testing.T, s accountsCase) {
	u, bob := person("ann"), person("bob")
	u.Verified = false
	s.add(t, u)
	s.add(t, bob)
	token, older := ticket("a", accounts.PurposeReset, u), ticket("b", accounts.PurposeReset, u)
	s.issue(t, token)
	s.issue(t, older)
	wrong := resetOf(token, "new")
	wrong.Purpose = accounts.PurposeNotice
	wantErr(t, "other purpose", s.Redeem(t.Context(), wrong), accounts.ErrToken)
	wantErr(t, "works", s.Redeem(t.Context(), resetOf(token, "new")), nil)
	at := micro(epoch.Add(time.Minute))
	u.Password, u.PasswordChanged, u.RevokedBefore, u.Verified = secrets.New("new"), at, at, true
	s.wantUser(t, u)
	s.wantUser(t, bob)
	wantErr(t, "twice", s.Redeem(t.Context(), resetOf(token, "newer")), accounts.ErrToken)
	wantErr(t, "an older link", s.Redeem(t.Context(), resetOf(older, "newer")), accounts.ErrToken)
	s.wantUser(t, u)
}

func accountsRedeemFailsWhole(t *testing.T, s accountsCase) {
	u := person("ann")
	s.add(t, u)
	token := ticket("a", accounts.PurposeReset, u)
	s.issue(t, token)
	r := resetOf(token, "new")
	r.Change.IfPasswordChanged = &u.Created
	wantErr(t, "condition", s.Redeem(t.Context(), r), accounts.ErrChanged)
	r = resetOf(token, "new")
	twice := entry(fmt.Sprintf("%x", token.Hash))
	r.Change.Mail = &twice
	if err := s.Redeem(t.Context(), r); err == nil {
		t.Error("the same mail was added twice")
	}
	s.wantUser(t, u)
	if _, err := s.Token(t.Context(), token.Hash, accounts.PurposeReset, epoch); err != nil {
		t.Errorf("the token was used without its effect: %v", err)
	}
}

// race runs do n times at once and returns how many times it returned nil. It
// reports every error other than allowed.
func race(t *testing.T, n int, allowed error, do func(i int) error) int {
	t.Helper()
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		wins int
	)
	for i := range n {
		wg.Go(func() {
			err := do(i)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				wins++
			} else if !errors.Is(err, allowed) {
				t.Errorf("call %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	return wins
}

const racers = 50

func accountsParallelRedeem(t *testing.T, s accountsCase) {
	u := person("ann")
	s.add(t, u)
	token := ticket("a", accounts.PurposeReset, u)
	s.issue(t, token)
	wins := race(t, racers, accounts.ErrToken, func(i int) error {
		r := resetOf(token, fmt.Sprint("new ", i))
		e := entry(fmt.Sprint(i))
		r.Change.Mail = &e
		return s.Redeem(t.Context(), r)
	})
	if wins != 1 {
		t.Errorf("%d callers used one token", wins)
	}
	s.wantMails(t, 2) // the link, and the one notice
}

func accountsParallelConfirm(t *testing.T, s accountsCase) {
	u := person("ann")
	tokens := make([]accounts.Token, racers)
	for i := range tokens {
		tokens[i] = ticket(fmt.Sprint(i), accounts.PurposeSignup, u)
		s.issue(t, tokens[i])
	}
	wins := race(t, racers, accounts.ErrExists, func(i int) error {
		mine := person("ann")
		mine.ID = fmt.Sprint("id-", i)
		err := s.Redeem(t.Context(), signup(tokens[i], mine))
		if errors.Is(err, accounts.ErrToken) { // the winner took it away
			return accounts.ErrExists
		}
		return err
	})
	if wins != 1 {
		t.Errorf("%d sign-ups won one address", wins)
	}
}

// Whoever uses a link takes the user's other links away, while others are using
// them and the user changes the password: nobody waits for ever.
func accountsParallelLinks(t *testing.T, s accountsCase) {
	u := person("ann")
	s.add(t, u)
	tokens := make([]accounts.Token, racers)
	for i := range tokens {
		tokens[i] = ticket(fmt.Sprint(i), accounts.PurposeReset, u)
		s.issue(t, tokens[i])
	}
	var changes atomic.Int32
	wins := race(t, racers, accounts.ErrToken, func(i int) error {
		if i%10 == 9 {
			password, at := secrets.New(fmt.Sprint(i)), micro(epoch.Add(time.Duration(i)*time.Second))
			changes.Add(1)
			return s.Update(t.Context(), u.ID, accounts.Change{Password: &password, PasswordChanged: &at})
		}
		return s.Redeem(t.Context(), resetOf(tokens[i], fmt.Sprint(i)))
	}) - int(changes.Load())
	if wins > 1 {
		t.Errorf("%d links of one user were used", wins)
	}
	for _, token := range tokens {
		wantErr(t, "a link left over", s.Redeem(t.Context(), resetOf(token, "again")), accounts.ErrToken)
	}
}

func accountsParallelChange(t *testing.T, s accountsCase) {
	u := person("ann")
	s.add(t, u)
	wins := race(t, racers, accounts.ErrChanged, func(i int) error {
		password, at := secrets.New(fmt.Sprint(i)), u.PasswordChanged.Add(time.Duration(i+1)*time.Second)
		return s.Update(t.Context(), u.ID, accounts.Change{IfPasswordChanged: &u.PasswordChanged, Password: &password, PasswordChanged: &at})
	})
	if wins != 1 {
		t.Errorf("%d of the changes based on one password were made", wins)
	}
}

func accountsParallelIssue(t *testing.T, s accountsCase) {
	u := person("ann")
	budget := accounts.Budget{Max: 5, Since: epoch.Add(-time.Hour)}
	wins := race(t, racers, accounts.ErrTooMany, func(i int) error {
		return s.Issue(t.Context(), ticket(fmt.Sprint(i), accounts.PurposeNotice, u), entry(fmt.Sprint(i)), budget)
	})
	if wins != budget.Max {
		t.Errorf("%d mails, want %d", wins, budget.Max)
	}
	s.wantMails(t, budget.Max)
}

func accountsHostile(t *testing.T, s accountsCase) {
	for i, text := range hostileAddresses {
		u := person(fmt.Sprint("n", i))
		u.Email, u.Canonical, u.Password = text, text, secrets.New(text)
		s.add(t, u)
		s.wantUser(t, u)
		token := ticket(fmt.Sprint("n", i), accounts.PurposeSignup, u)
		s.issue(t, token)
		got, err := s.Token(t.Context(), token.Hash, token.Purpose, epoch)
		if err != nil || got.Email != text || got.Password.Reveal() != text {
			t.Errorf("%q: got %q, %v", text, got.Email, err)
		}
	}
	for _, text := range []string{"a\x00b", "a\xffb"} {
		u := person("bad")
		u.Email = text
		if err := s.Create(t.Context(), u, nil); err == nil {
			t.Errorf("%q was stored", text)
		}
		_, err := s.Find(t.Context(), accounts.Key{Canonical: text})
		wantErr(t, "Find", err, accounts.ErrNotFound)
	}
}

var hostileAddresses = []string{
	"'; DROP TABLE accounts; --", `" OR 1=1 --`, "%", "_", `\`, "$1", "?", "\u202e@example.com", "ﬁ@example.com", "ı@example.com",
	"i@example.com", "I@example.com", strings.Repeat("a", 1000), "é", "e\u0301", " a@b.c", "a@b.c ", "😀", "NULL", "0", "1e9", "true",
}

func accountsCancelled(t *testing.T, s accountsCase) {
	u := person("ann")
	s.add(t, u)
	token := ticket("a", accounts.PurposeReset, u)
	s.issue(t, token)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	find := func() error { _, err := s.Find(ctx, accounts.Key{ID: u.ID}); return err }
	list := func() error { _, err := s.List(ctx, "", 10); return err }
	look := func() error { _, err := s.Token(ctx, token.Hash, token.Purpose, epoch); return err }
	for name, err := range map[string]error{
		"Find": find(), "List": list(), "Token": look(),
		"Create": s.Create(ctx, person("bob"), nil),
		"Update": s.Update(ctx, u.ID, accounts.Change{Staff: new(true)}),
		"Issue":  s.Issue(ctx, ticket("b", accounts.PurposeReset, u), entry("b"), plenty),
		"Redeem": s.Redeem(ctx, resetOf(token, "new")),
	} {
		if err == nil || errors.Is(err, accounts.ErrNotFound) || errors.Is(err, accounts.ErrToken) {
			t.Errorf("%s: got %v, want the context's error", name, err)
		}
	}
	s.wantUser(t, u)
}
