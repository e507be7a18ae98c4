package accounts_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/deny"
)

const (
	attackers = "attacker chose these words"
	victims   = "victim chose other words"
)

// Mallory signs up with Ann's address and a password of his own, and waits. Ann
// gets the mail. Whatever Ann does, his password never gets into her account:
// pressing the button of his link asks her for a password that she does not
// know, and her own sign-up has her own password.
func TestAttackPreHijacking(t *testing.T) {
	for _, order := range []string{"mallory first", "ann first"} {
		t.Run(order, func(t *testing.T) {
			s := newSite(t)
			mallory, annes := s.browser(), s.browser()
			signUp := func(b *browser, password string) string {
				want(t, b.post("/account/signup", "email", ann, "password", password), 303, "-")
				return token(t, s.link())
			}
			var his, hers string
			if order == "ann first" {
				hers = signUp(annes, victims)
			}
			his = signUp(mallory, attackers)
			if order == "mallory first" {
				hers = signUp(annes, victims)
			}
			page := body(t, annes.get("/account/email/verify?token="+his))
			if !strings.Contains(page, `name="password"`) {
				t.Fatal("the link of another browser's sign-up does not ask for the password")
			}
			want(t, annes.post("/account/email/verify", "token", his), 422, "")
			want(t, annes.post("/account/email/verify", "token", his, "password", victims), 422, "")
			want(t, mallory.login(attackers), 422, "")
			want(t, annes.post("/account/email/verify", "token", hers), 303, "/account/login?done=verified")
			want(t, mallory.login(attackers), 422, "")
			// Even holding his own link, which only Ann's mail had, he is late.
			want(t, mallory.post("/account/email/verify", "token", his), 410, "")
			want(t, mallory.login(attackers), 422, "")
			want(t, annes.login(victims), 303, "/account/")
		})
	}
}

// A link opened on the phone, after sign-up on the computer, works with the
// password; guesses at it are counted.
func TestConfirmInAnotherBrowser(t *testing.T) {
	s := newSite(t)
	want(t, s.browser().post("/account/signup", "email", ann, "password", good), 303, "-")
	secret := token(t, s.link())
	phone := s.browser()
	want(t, phone.post("/account/email/verify", "token", secret, "password", more), 422, "")
	want(t, phone.post("/account/email/verify", "token", secret, "password", good), 303, "/account/login?done=verified")
	if diff := cmp.Diff([]bool{false, true}, s.guard.settled); diff != "" {
		t.Errorf("attempts (-want +got):\n%s", diff)
	}
	want(t, phone.login(good), 303, "/account/")
}

func TestAllowAnyBrowser(t *testing.T) {
	s := newSite(t, func(c *accounts.Config) { c.AllowAnyBrowser = true })
	s.browser().post("/account/signup", "email", ann, "password", good)
	link := s.link()
	other := s.browser()
	if strings.Contains(body(t, other.get(link)), `name="password"`) {
		t.Error("the page asks for the password")
	}
	want(t, other.post("/account/email/verify", "token", token(t, link)), 303, "/account/login?done=verified")
}

// Mail gateways and browsers open links in advance.
func TestAttackLinkScanner(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.post("/account/signup", "email", ann, "password", good)
	link := s.link()
	for range 3 {
		want(t, s.browser().get(link), 200, "")
		want(t, s.browser().do(httptest.NewRequest("HEAD", link, nil)), 200, "")
	}
	want(t, b.post("/account/email/verify", "token", token(t, link)), 303, "/account/login?done=verified")
	b.post("/account/password/reset", "email", ann)
	link = s.link()
	for range 3 {
		want(t, s.browser().get(link), 200, "")
	}
	want(t, b.post("/account/password/reset/confirm", "token", token(t, link), "new_password", more), 303, "/account/login?done=password-reset")
	want(t, b.login(more), 303, "/account/")
}

// Fifty clicks at once use a link once.
func TestAttackTokenRace(t *testing.T) {
	const clicks = 50
	s := newSite(t)
	b := s.browser()
	b.post("/account/signup", "email", ann, "password", good)
	verify := []string{"/account/email/verify", "token", token(t, s.link())}
	race := func(form []string) (wins int) {
		var wg sync.WaitGroup
		statuses := make([]int, clicks)
		for i := range clicks {
			own := s.browser()
			own.cookies = map[string]string{}
			for name, value := range b.cookies {
				own.cookies[name] = value
			}
			wg.Go(func() { statuses[i] = own.post(form[0], form[1:]...).StatusCode })
		}
		wg.Wait()
		for _, status := range statuses {
			if status == 303 {
				wins++
			} else if status != 410 {
				t.Errorf("status %d", status)
			}
		}
		return wins
	}
	if wins := race(verify); wins != 1 {
		t.Errorf("%d confirmations with one link", wins)
	}
	b.post("/account/password/reset", "email", ann)
	if wins := race([]string{"/account/password/reset/confirm", "token", token(t, s.link()), "new_password", more}); wins != 1 {
		t.Errorf("%d resets with one link", wins)
	}
	if got := len(s.take()); got != 1 {
		t.Errorf("%d notices of one change", got)
	}
}

// Steps out of order, and tokens at the wrong door.
func TestAttackStepsOutOfOrder(t *testing.T) {
	s := newSite(t)
	create(t, s, ann, good, true)
	b := s.browser()
	b.post("/account/signup", "email", "bob@example.com", "password", good)
	signup := token(t, s.link())
	b.post("/account/password/reset", "email", ann)
	reset := token(t, s.link())
	for _, c := range []struct {
		name, path string
		fields     []string
	}{
		{"sign-up token resets", "/account/password/reset/confirm", []string{"token", signup, "new_password", more}},
		{"reset token confirms", "/account/email/verify", []string{"token", reset}},
		{"no token", "/account/password/reset/confirm", []string{"new_password", more}},
		{"empty token", "/account/email/verify", []string{"token", ""}},
		{"short token", "/account/email/verify", []string{"token", signup[:42]}},
		{"long token", "/account/email/verify", []string{"token", signup + "A"}},
		{"token in other case", "/account/email/verify", []string{"token", strings.ToUpper(signup)}},
		{"token of a megabyte minus", "/account/email/verify", []string{"token", strings.Repeat("A", 60000)}},
	} {
		if got := b.post(c.path, c.fields...); got.StatusCode != 410 {
			t.Errorf("%s: status %d", c.name, got.StatusCode)
		}
	}
	for _, path := range []string{"/account/password/change", "/account/sessions"} {
		want(t, b.post(path, "end", "all", "password", good, "new_password", more), 303, "/account/login")
	}
	want(t, b.get("/account/password/change"), 303, "/account/login?next=%2Faccount%2Fpassword%2Fchange")
	want(t, b.get("/.well-known/change-password"), 303, "/account/password/change")
	want(t, b.login(good), 303, "/account/")
}

// A link dies of age, of a newer password, and of the account being disabled.
func TestLinksDie(t *testing.T) {
	for _, c := range []struct {
		name string
		kill func(s *site)
	}{
		{"age", func(s *site) { s.wait(time.Hour) }},
		{"a password change", func(s *site) { fatal(t, s.accounts.SetPassword(t.Context(), ann, more)) }},
		{"disabled", func(s *site) { fatal(t, s.accounts.Disable(t.Context(), ann)) }},
	} {
		s := newSite(t)
		create(t, s, ann, good, true)
		b := s.browser()
		b.post("/account/password/reset", "email", ann)
		link := s.link()
		c.kill(s)
		want(t, b.post("/account/password/reset/confirm", "token", token(t, link), "new_password", victims), 410, "")
		want(t, b.login(victims), 422, "")
		if c.name == "age" {
			want(t, b.get(link), 410, "")
		}
	}
	s := newSite(t)
	b := s.browser()
	b.post("/account/signup", "email", ann, "password", good)
	link := s.link()
	s.wait(24 * time.Hour)
	want(t, b.post("/account/email/verify", "token", token(t, link)), 410, "")
}

// Reset poisoning: the link in the mail leads to the configured site, whatever
// host the request names.
func TestAttackResetPoisoning(t *testing.T) {
	s := newSite(t)
	create(t, s, ann, good, true)
	r := httptest.NewRequest("POST", "https://evil.example/account/password/reset", strings.NewReader("email="+url.QueryEscape(ann)))
	r.Host = "evil.example"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-Host", "evil.example")
	r.Header.Set("Forwarded", "host=evil.example")
	s.browser().do(r)
	for _, m := range s.take() {
		if text := m.Subject + m.Text + m.HTML; strings.Contains(text, "evil") || !strings.Contains(text, "https://site.example/account/password/reset/confirm?token=") {
			t.Errorf("mail: %s", text)
		}
	}
}

// The mail goes to the stored address, not to one that is only equal to it.
func TestMailGoesToTheStoredAddress(t *testing.T) {
	s := newSite(t)
	create(t, s, "Ann@example.com", good, true)
	for _, path := range []string{"/account/password/reset", "/account/signup"} {
		s.browser().post(path, "email", "aNN@EXAMPLE.com", "password", more)
		if got := recipients(s); !slices.Equal(got, []string{"Ann@example.com"}) {
			t.Errorf("%s: mails to %q", path, got)
		}
	}
}

// Addresses that only look alike belong to different people (GitHub 2016).
func TestAttackLookalikeAddress(t *testing.T) {
	s := newSite(t)
	create(t, s, "mike@example.com", good, true)
	s.browser().post("/account/password/reset", "email", "m\u0131ke@example.com")
	for _, m := range s.take() {
		if m.To == "mike@example.com" || linkPattern.MatchString(m.Text) {
			t.Errorf("mail to %q with %q", m.To, m.Text)
		}
	}
}

// A token planted before sign-in opens nothing afterwards.
func TestAttackSessionFixation(t *testing.T) {
	s := newSite(t)
	b := s.member()
	planted := b.cookies["__Host-session"]
	want(t, b.post("/account/logout"), 303, "-")
	b.cookies["__Host-session"] = planted
	want(t, b.login(good), 303, "/account/")
	if b.cookies["__Host-session"] == planted {
		t.Fatal("the token stayed the same")
	}
	thief := s.browser()
	thief.cookies["__Host-session"] = planted
	if got := thief.whoami(); got != "" {
		t.Errorf("the planted token is signed in as %q", got)
	}
	before := b.cookies["__Host-session"]
	want(t, b.post("/account/password/change", "password", good, "new_password", more), 303, "-")
	thief.cookies["__Host-session"] = before
	if got := thief.whoami(); got != "" {
		t.Errorf("the token from before the password change is signed in as %q", got)
	}
}

// next leads nowhere but to paths of this site.
func TestAttackOpenRedirect(t *testing.T) {
	for _, c := range []struct{ next, want string }{
		{"/private?x=1", "/private?x=1"},
		{"", "/account/"},
		{"https://evil.example/", "/account/"},
		{"//evil.example", "/account/"},
		{`/\evil.example`, "/account/"},
		{`\\evil.example`, "/account/"},
		{"///evil.example", "/account/"},
		{"/\t/evil.example", "/account/"},
		{"https:evil.example", "/account/"},
		{"javascript:alert(1)", "/account/"},
		{"/a\r\nSet-Cookie: x=y", "/account/"},
		{"/account/logout", "/account/"},
		{"/account/login?next=/account/login", "/account/"},
		{"/" + strings.Repeat("a", 5000), "/account/"},
	} {
		s := newSite(t)
		create(t, s, ann, good, true)
		b := s.browser()
		want(t, b.post("/account/login", "email", ann, "password", good, "next", c.next), 303, c.want)
		want(t, b.get("/account/login?next="+url.QueryEscape(c.next)), 303, c.want)
		page := body(t, s.browser().get("/account/login?next="+url.QueryEscape(c.next)))
		if strings.Contains(page, "evil") {
			t.Errorf("%q is in the page", c.next)
		}
	}
}

// Somebody else's session cannot be ended by its id.
func TestAttackEndForeignSession(t *testing.T) {
	s := newSite(t)
	b := s.member()
	create(t, s, "eve@example.com", good, true)
	eve := s.browser()
	want(t, eve.post("/account/login", "email", "eve@example.com", "password", good), 303, "-")
	u, err := s.accounts.Get(t.Context(), ann)
	fatal(t, err)
	list, err := s.db.Sessions().List(t.Context(), u.ID, start)
	fatal(t, err)
	want(t, eve.post("/account/sessions", "id", list[0].ID), 303, "-")
	if b.whoami() != ann {
		t.Error("the session was ended by a stranger")
	}
}

// A credential in the address is not looked at: addresses are logged.
func TestCredentialsInTheAddressDoNotCount(t *testing.T) {
	s := newSite(t)
	create(t, s, ann, good, true)
	b := s.browser()
	want(t, b.post("/account/login?email="+url.QueryEscape(ann)+"&password="+url.QueryEscape(good)), 422, "")
	want(t, b.get("/account/login?email="+url.QueryEscape(ann)+"&password="+url.QueryEscape(good)), 200, "")
	if b.whoami() != "" {
		t.Error("signed in")
	}
}

func TestForms(t *testing.T) {
	s := newSite(t)
	send := func(kind, text string) *http.Response {
		r := httptest.NewRequest("POST", "/account/login", strings.NewReader(text))
		r.Header.Set("Content-Type", kind)
		return s.browser().do(r)
	}
	for _, c := range []struct {
		name, kind, text string
		status           int
	}{
		{"64 KiB and more", "application/x-www-form-urlencoded", "email=" + strings.Repeat("a", 70000), 413},
		{"bad escape", "application/x-www-form-urlencoded", "email=%zz", 400},
		{"JSON", "application/json", `{"email":"x"}`, 422},
		{"no type", "", "email=x", 422},
		{"empty", "application/x-www-form-urlencoded", "", 422},
	} {
		if got := send(c.kind, c.text); got.StatusCode != c.status {
			t.Errorf("%s: status %d, want %d", c.name, got.StatusCode, c.status)
		}
	}
}

// The guard decides before a password is looked at, and learns how it ended.
func TestGuard(t *testing.T) {
	s := newSite(t)
	create(t, s, ann, good, true)
	b := s.browser()
	b.login(more)
	b.login(good)
	b.post("/account/password/change", "password", more, "new_password", victims)
	b.post("/account/password/change", "password", good, "new_password", victims)
	b.post("/account/login", "email", "no address", "password", more)
	if diff := cmp.Diff([]string{ann, ann, ann, ann, ""}, s.guard.reserved); diff != "" {
		t.Errorf("reserved (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]bool{false, true, false, true, false}, s.guard.settled); diff != "" {
		t.Errorf("settled (-want +got):\n%s", diff)
	}

	s.guard.err = &deny.Refusal{Status: 429, Control: "lockout", Reason: "locked", Event: audit.LoginLock, RetryAfter: time.Minute}
	s.store.failAt(0)
	got := s.browser().login(victims)
	want(t, got, 429, "")
	if got.Header.Get("Retry-After") != "60" || len(s.store.called) != 0 {
		t.Errorf("Retry-After %q, store %v", got.Header.Get("Retry-After"), s.store.called)
	}
	s.guard.err = errFault
	want(t, s.browser().login(victims), 503, "")
	s.guard.err, s.guard.settle = nil, errFault
	for _, password := range []string{victims, more} {
		other := s.browser()
		want(t, other.login(password), 503, "")
		if other.whoami() != "" {
			t.Error("signed in although the attempt could not be settled")
		}
	}
}

var _ accounts.Guard = (*guard)(nil)
