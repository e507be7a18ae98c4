package sessions_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/sessions"
	"github.com/merlon-go/merlon/store/memory"
)

func TestNewRefuses(t *testing.T) {
	store := memory.New().Sessions()
	for name, c := range map[string]struct {
		config sessions.Config
		want   []string
	}{
		"zero":             {sessions.Config{}, []string{"no store"}},
		"no prefix":        {sessions.Config{Store: store, CookieName: "sessionid"}, []string{"__Host-"}},
		"secure prefix":    {sessions.Config{Store: store, CookieName: "__Secure-s"}, []string{"__Host-"}},
		"prefix over http": {sessions.Config{Store: store, CookieName: "__Host-s", InsecureCookie: true}, []string{"without prefix"}},
		"cookie injection": {sessions.Config{Store: store, CookieName: "__Host-a; Domain=x"}, []string{"characters"}},
		"line break":       {sessions.Config{Store: store, CookieName: "__Host-a\r\nX: y"}, []string{"characters"}},
		"all at once":      {sessions.Config{Age: time.Second, IdleAge: time.Hour}, []string{"no store", "age 1s", "idle age 1h"}},
		"idle over age":    {sessions.Config{Store: store, Age: time.Hour, IdleAge: 2 * time.Hour}, []string{"idle age"}},
		"negative":         {sessions.Config{Store: store, Age: -time.Hour}, []string{"age -1h"}},
		"too old":          {sessions.Config{Store: store, Age: 401 * 24 * time.Hour}, []string{"400 days"}},
	} {
		_, err := sessions.New(c.config)
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not say %q", name, err, want)
			}
		}
	}
}

func TestCookie(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*sessions.Config)
		want   string
	}{
		"default": {func(*sessions.Config) {}, "__Host-session=TOKEN; Max-Age=1209600; Path=/; HttpOnly; SameSite=Lax; Secure"},
		"dev":     {func(c *sessions.Config) { c.InsecureCookie = true }, "session=TOKEN; Max-Age=1209600; Path=/; HttpOnly; SameSite=Lax"},
		"own": {func(c *sessions.Config) { c.CookieName, c.Age = "__Host-s", time.Hour },
			"__Host-s=TOKEN; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax; Secure"},
	} {
		b := newSite(t, c.change).browser()
		got := b.start("ann").Header.Get("Set-Cookie")
		_, value, _ := strings.Cut(b.cookie, "=")
		if raw, err := base64.RawURLEncoding.DecodeString(value); err != nil || len(raw) != 32 {
			t.Errorf("%s: token %q is not 256 bits: %v", name, value, err)
		}
		if got = strings.Replace(got, value, "TOKEN", 1); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

func TestStoreHoldsNoToken(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.start("ann")
	list, err := s.store.List(t.Context(), "ann", epoch)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	_, value, _ := strings.Cut(b.cookie, "=")
	raw, _ := base64.RawURLEncoding.DecodeString(value)
	if list[0].Hash != sha256.Sum256(raw) {
		t.Error("the store's key is not the hash of the token")
	}
	if all := fmt.Sprintf("%v %s", list[0], list[0].ID); strings.Contains(all, value) || strings.Contains(all, string(raw)) {
		t.Error("the store holds the token")
	}
}

func TestAnonymousVisitorHasNothing(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	if got := b.user(); got != "-" {
		t.Errorf("user is %q", got)
	}
	resp := b.do(func(w http.ResponseWriter, r *http.Request) {
		if err := sessions.Delete(r.Context(), "nothing"); err != nil {
			t.Error(err)
		}
		if err := s.End(w, r); err != nil {
			t.Error(err)
		}
		if err := s.Renew(w, r, true); err != nil {
			t.Error(err)
		}
	})
	if len(resp.Cookies()) != 0 || s.store.calls != 0 {
		t.Errorf("cookies %v, %d calls of the store", resp.Cookies(), s.store.calls)
	}
	if got := resp.Header["Cache-Control"]; got != nil {
		t.Errorf("Cache-Control %q on a page that holds nothing of the visitor's", got)
	}
	b.set("cart", "books")
	if got := b.get("cart"); got != "books" || b.cookie == "" {
		t.Errorf("cart is %q, cookie %q", got, b.cookie)
	}
	if got := b.user(); got != "" {
		t.Errorf("user is %q", got)
	}
}

func TestAttackSessionFixation(t *testing.T) {
	// The attacker plants a session of their own in the victim's browser and
	// waits for the victim to sign in.
	s := newSite(t)
	attacker := s.browser()
	attacker.set("cart", "bait")
	victim := s.browser()
	victim.cookie = attacker.cookie
	victim.start("ann")
	if victim.cookie == attacker.cookie {
		t.Fatal("the token survived the login")
	}
	if got := attacker.user(); got != "-" {
		t.Errorf("with the planted token the attacker is %q", got)
	}
	if victim.user() != "ann" || victim.get("cart") != "bait" {
		t.Errorf("the victim is %q with cart %q", victim.user(), victim.get("cart"))
	}
	// The same with a token that never existed.
	chosen := "__Host-session=" + strings.Repeat("A", 43)
	victim = s.browser()
	victim.cookie = chosen
	victim.start("ann")
	if victim.cookie == chosen {
		t.Error("the site took over a token that the client chose")
	}
}

func TestLoginAsAnotherUserKeepsNothing(t *testing.T) {
	b := newSite(t).browser()
	b.start("ann")
	b.set("secret", "ann's")
	b.start("ann")
	if got := b.get("secret"); got != "ann's" {
		t.Errorf("signing in again lost what was kept: %q", got)
	}
	b.start("eve")
	if got := b.get("secret"); got != "" || b.user() != "eve" {
		t.Errorf("%s sees %q", b.user(), got)
	}
}

// Django keeps the key when the same user signs in again (facts of its login).
func TestDjangoDifference_SameUserGetsNewToken(t *testing.T) {
	b := newSite(t).browser()
	b.start("ann")
	old := *b
	b.start("ann")
	if b.cookie == old.cookie || old.user() != "-" || b.user() != "ann" {
		t.Errorf("old token is %q, new one %q", old.user(), b.user())
	}
}

func TestEnd(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.start("ann")
	stolen := *b
	resp := b.do(func(w http.ResponseWriter, r *http.Request) {
		if err := s.End(w, r); err != nil {
			t.Error(err)
		}
		if sessions.From(r.Context()) != nil {
			t.Error("there is still a session after End")
		}
	})
	if got, want := resp.Header.Get("Set-Cookie"), "__Host-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure"; got != want {
		t.Errorf("Set-Cookie %q, want %q", got, want)
	}
	if b.cookie != "" || stolen.user() != "-" {
		t.Errorf("after signing out the token makes one %q", stolen.user())
	}
	if got, want := s.trail.names(), "session_created session_logout"; got != want {
		t.Errorf("events %q, want %q", got, want)
	}
}

func TestRenew(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.start("ann")
	b.set("k", "v")
	old := *b
	s.clock.Add(time.Hour)
	b.do(func(w http.ResponseWriter, r *http.Request) {
		before := sessions.From(r.Context())
		if err := s.Renew(w, r, true); err != nil {
			t.Error(err)
		}
		after := sessions.From(r.Context())
		if string(before.Binding()) == string(after.Binding()) || before.ID() == after.ID() {
			t.Error("the binding or the id outlived the token")
		}
		if !after.CreatedAt().Equal(epoch) || !after.AuthenticatedAt().Equal(epoch.Add(time.Hour)) || after.UserID() != "ann" {
			t.Errorf("created %v, authenticated %v", after.CreatedAt(), after.AuthenticatedAt())
		}
	})
	if old.user() != "-" || b.user() != "ann" || b.get("k") != "v" {
		t.Errorf("old token is %q, new one %q with %q", old.user(), b.user(), b.get("k"))
	}
}

func TestAges(t *testing.T) {
	const idle, age = time.Hour, 3 * time.Hour
	configure := func(c *sessions.Config) { c.IdleAge, c.Age = idle, age }
	t.Run("idle", func(t *testing.T) {
		s := newSite(t, configure)
		b := s.browser()
		b.start("ann")
		s.clock.Add(idle)
		if got := b.user(); got != "ann" {
			t.Fatalf("after exactly the idle age: %q", got)
		}
		s.clock.Add(idle + 2*time.Minute)
		if got := b.user(); got != "-" {
			t.Errorf("two minutes after the idle age: %q", got)
		}
		if got := s.trail.names(); got != "session_created session_expired" {
			t.Errorf("events %q", got)
		}
	})
	t.Run("absolute", func(t *testing.T) {
		s := newSite(t, configure)
		b := s.browser()
		b.start("ann")
		for range 5 {
			s.clock.Add(30 * time.Minute)
			if got := b.user(); got != "ann" {
				t.Fatalf("busy, at %v: %q", s.clock.Now().Sub(epoch), got)
			}
		}
		s.clock.Add(30*time.Minute - time.Microsecond)
		if got := b.user(); got != "ann" {
			t.Errorf("just before the absolute age: %q", got)
		}
		s.clock.Add(time.Microsecond)
		if got := b.user(); got != "-" {
			t.Errorf("at the absolute age: %q", got)
		}
	})
	t.Run("shortened", func(t *testing.T) {
		s := newSite(t)
		b := s.browser()
		b.start("ann")
		s.clock.Add(2 * time.Hour)
		strict, err := sessions.New(sessions.Config{Store: s.store, Now: s.clock.Now, Age: time.Hour, IdleAge: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		s.Manager = strict
		if got := b.user(); got != "-" {
			t.Errorf("a session older than the new age: %q", got)
		}
	})
}

func TestLastSeenIsWrittenOnceAMinute(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.start("ann")
	for range 120 {
		s.clock.Add(time.Second)
		b.user()
	}
	if s.store.saves != 2 {
		t.Errorf("%d writes in two minutes of requests, want 2", s.store.saves)
	}
	b.agent = "other\x00\xff\n" + strings.Repeat("x", 9000)
	s.clock.Add(time.Minute)
	b.user()
	list, err := s.List(t.Context(), "ann")
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if got := list[0]; !got.LastSeenAt.Equal(epoch.Add(3*time.Minute)) || len(got.UserAgent) > 256 || strings.ContainsAny(got.UserAgent, "\x00\n") || !utf8.ValidString(got.UserAgent) ||
		got.Client != netip.MustParseAddr("192.0.2.1") {
		t.Errorf("%+v", got)
	}
}

func TestListAndRevoke(t *testing.T) {
	s := newSite(t)
	laptop, phone, tablet, eve := s.browser(), s.browser(), s.browser(), s.browser()
	for i, b := range []*browser{laptop, phone, tablet, eve} {
		b.agent = fmt.Sprint("agent ", i)
		b.start([]string{"ann", "ann", "ann", "eve"}[i])
		s.clock.Add(time.Second)
	}
	var phoneID, eveID string
	laptop.do(func(w http.ResponseWriter, r *http.Request) {
		list, err := s.List(r.Context(), "ann")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range list {
			got = append(got, fmt.Sprint(l.UserAgent, " ", l.Current))
		}
		if d := cmp.Diff([]string{"agent 2 false", "agent 1 false", "agent 0 true"}, got); d != "" {
			t.Error(d)
		}
		phoneID = list[1].ID
	})
	eve.do(func(w http.ResponseWriter, r *http.Request) {
		eveID = sessions.From(r.Context()).ID()
		if err := s.Revoke(r.Context(), "eve", phoneID); err != sessions.ErrNotFound {
			t.Errorf("eve ended ann's session: %v", err)
		}
	})
	laptop.do(func(w http.ResponseWriter, r *http.Request) {
		for id, want := range map[string]error{phoneID: nil, eveID: sessions.ErrNotFound, "": sessions.ErrNotFound, strings.Repeat("x", 1<<20): sessions.ErrNotFound} {
			if err := s.Revoke(r.Context(), "ann", id); err != want {
				t.Errorf("Revoke(%.20q) = %v, want %v", id, err, want)
			}
		}
	})
	if phone.user() != "-" || laptop.user() != "ann" || tablet.user() != "ann" {
		t.Errorf("after revoking the phone: %s %s %s", laptop.user(), phone.user(), tablet.user())
	}
	laptop.do(func(w http.ResponseWriter, r *http.Request) {
		if n, err := s.RevokeOthers(r.Context(), "ann"); n != 1 || err != nil {
			t.Errorf("RevokeOthers = %d, %v", n, err)
		}
	})
	if tablet.user() != "-" || laptop.user() != "ann" || eve.user() != "eve" {
		t.Errorf("after revoking the others: %s %s %s", laptop.user(), tablet.user(), eve.user())
	}
	laptop.do(func(w http.ResponseWriter, r *http.Request) {
		if n, err := s.RevokeAll(r.Context(), "ann"); n != 1 || err != nil {
			t.Errorf("RevokeAll = %d, %v", n, err)
		}
		if sessions.From(r.Context()) != nil {
			t.Error("the session that revoked itself is still there")
		}
	})
	if laptop.cookie != "" || laptop.user() != "-" || eve.user() != "eve" {
		t.Errorf("after revoking all: cookie %q, %s", laptop.cookie, eve.user())
	}
	for _, err := range []error{func() error { _, err := s.RevokeAll(t.Context(), ""); return err }(), func() error { _, err := s.List(t.Context(), ""); return err }()} {
		if err == nil {
			t.Error("the empty user has sessions")
		}
	}
}

func TestAttackCachedPageOfAnotherVisitor(t *testing.T) {
	// CVE-2026-35192: a response that depends on the session without saying so
	// is kept by a shared cache and handed to the next visitor.
	s := newSite(t)
	b := s.browser()
	b.start("ann")
	for name, c := range map[string]struct {
		cookie string
		handle http.HandlerFunc
		vary   []string
		cache  string
	}{
		"not read":         {b.cookie, func(http.ResponseWriter, *http.Request) {}, nil, ""},
		"read":             {b.cookie, func(w http.ResponseWriter, r *http.Request) { sessions.From(r.Context()) }, []string{"Cookie"}, "no-store"},
		"bound":            {b.cookie, func(w http.ResponseWriter, r *http.Request) { sessions.Binding(r) }, []string{"Cookie"}, "no-store"},
		"read by nobody":   {"", func(w http.ResponseWriter, r *http.Request) { sessions.From(r.Context()) }, []string{"Cookie"}, ""},
		"stored by nobody": {"", func(w http.ResponseWriter, r *http.Request) { sessions.Set(r.Context(), "a", "b") }, []string{"Cookie"}, "no-store"},
		"began":            {"", func(w http.ResponseWriter, r *http.Request) { s.Start(w, r, "eve") }, []string{"Cookie"}, "no-store"},
		"public before": {b.cookie, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "public, max-age=600")
			sessions.From(r.Context())
		}, []string{"Cookie"}, "no-store"},
		"own choice after": {b.cookie, func(w http.ResponseWriter, r *http.Request) {
			sessions.From(r.Context())
			w.Header().Set("Cache-Control", "private, max-age=5")
		}, []string{"Cookie"}, "private, max-age=5"},
		"vary there": {b.cookie, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Vary", "Accept-Encoding")
			sessions.From(r.Context())
			sessions.From(r.Context())
		}, []string{"Accept-Encoding", "Cookie"}, "no-store"},
		"vary cookie there": {b.cookie, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Vary", "accept, cookie")
			sessions.From(r.Context())
		}, []string{"accept, cookie"}, "no-store"},
		"appended": {b.cookie, func(w http.ResponseWriter, r *http.Request) {
			sessions.From(r.Context())
			w.Header().Add("Vary", "Accept")
		}, []string{"Cookie", "Accept"}, "no-store"},
	} {
		one := s.browser()
		one.cookie = c.cookie
		resp := one.do(c.handle)
		if d := cmp.Diff(c.vary, resp.Header["Vary"]); d != "" || resp.Header.Get("Cache-Control") != c.cache {
			t.Errorf("%s: Vary %s, Cache-Control %q, want %q", name, d, resp.Header.Get("Cache-Control"), c.cache)
		}
	}
}

func TestAttackCookieShadowing(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.start("ann")
	eve := s.browser()
	eve.start("eve")
	_, token, _ := strings.Cut(b.cookie, "=")
	_, other, _ := strings.Cut(eve.cookie, "=")
	const name = "__Host-session="
	for cookie, want := range map[string]string{
		name + token:                                            "ann",
		"a=b; " + name + token + "; c=d":                        "ann",
		name + `"` + token + `"`:                                "ann",
		name + token + "; " + name + token:                      "ann",
		name + token + "; " + name + other:                      "-", // which of them is the visitor's?
		name + other + "; " + name + token:                      "-",
		name + token + "; " + name:                              "-",
		name + "; " + name + token:                              "-",
		name + token + "x":                                      "-",
		name + token[:42]:                                       "-",
		name:                                                    "-",
		name + strings.Repeat("A", 1<<16):                       "-",
		name + strings.Repeat("%", 43):                          "-",
		name + strings.Repeat("\x00", 43):                       "-",
		name + token[:42] + "=":                                 "-",
		name + token[:42] + "\xff":                              "-",
		"__host-session=" + token:                               "-",
		"session=" + token:                                      "-",
		strings.Repeat(name+strings.Repeat("B", 43)+"; ", 4000): "-",
	} {
		one := s.browser()
		one.cookie = cookie
		if got := one.user(); got != want {
			t.Errorf("Cookie: %.80q is %q, want %q", cookie, got, want)
		}
	}
	// The last character of a token holds two bits that mean nothing: a second
	// spelling of the same token must not be one.
	alphabet := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, token[42])
	one := s.browser()
	one.cookie = name + token[:42] + string(alphabet[last^1])
	if got := one.user(); got != "-" {
		t.Errorf("another spelling of the token is %q", got)
	}
}

func TestConcurrentRequestsLoseNothing(t *testing.T) {
	// scs reads and writes the whole session: of two requests the slower one
	// undoes the other.
	s := newSite(t)
	b := s.browser()
	b.start("ann")
	const n = 8
	var wg sync.WaitGroup
	for i := range n {
		one := *b
		wg.Go(func() { one.set(fmt.Sprint("key", i), fmt.Sprint(i)) })
	}
	wg.Wait()
	for i := range n {
		if got := b.get(fmt.Sprint("key", i)); got != fmt.Sprint(i) {
			t.Errorf("key%d is %q", i, got)
		}
	}
}

func TestUpdateSeesNewerValues(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.start("ann")
	b.set("n", "1")
	rival := *b
	b.do(func(w http.ResponseWriter, r *http.Request) {
		s.store.before = func() { rival.set("n", "10") }
		err := sessions.Update(r.Context(), func(v *sessions.Values) error {
			v.Set("n", v.Get("n")+"0")
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if got, _ := sessions.From(r.Context()).Get("n"); got != "100" {
			t.Errorf("n is %q", got)
		}
	})
	if got := b.get("n"); got != "100" {
		t.Errorf("n is %q, want 100: one of two changes was lost", got)
	}
}

func TestAttackRevokedSessionComesBack(t *testing.T) {
	// A request that is under way when the session is revoked must not bring
	// the session back by storing into it or renewing it.
	s := newSite(t)
	for name, act := range map[string]func(w http.ResponseWriter, r *http.Request) error{
		"set":   func(w http.ResponseWriter, r *http.Request) error { return sessions.Set(r.Context(), "a", "b") },
		"renew": func(w http.ResponseWriter, r *http.Request) error { return s.Renew(w, r, true) },
	} {
		b := s.browser()
		b.start("ann")
		resp := b.do(func(w http.ResponseWriter, r *http.Request) {
			if _, err := s.RevokeAll(context.Background(), "ann"); err != nil {
				t.Error(err)
			}
			if err := act(w, r); err != sessions.ErrGone {
				t.Errorf("%s: %v, want ErrGone", name, err)
			}
			if sessions.From(r.Context()) != nil {
				t.Errorf("%s: there is a session", name)
			}
		})
		if len(resp.Cookies()) != 0 || b.user() != "-" {
			t.Errorf("%s: cookies %v, user %q", name, resp.Cookies(), b.user())
		}
	}
	// Signing in anew with good credentials is not coming back.
	b := s.browser()
	b.set("cart", "books")
	b.do(func(w http.ResponseWriter, r *http.Request) {
		if err := s.store.Delete(r.Context(), sessions.Hash(sessions.Binding(r))); err != nil {
			t.Error(err)
		}
		if err := s.Start(w, r, "ann"); err != nil {
			t.Error(err)
		}
	})
	if b.user() != "ann" || b.get("cart") != "" {
		t.Errorf("user %q, cart %q", b.user(), b.get("cart"))
	}
}

func TestStoreFaultOnLoadIs503(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.start("ann")
	s.store.arm(1)
	resp := b.do(func(http.ResponseWriter, *http.Request) { t.Error("the handler ran") })
	if resp.StatusCode != 503 || resp.Header.Get("Retry-After") != "5" || len(resp.Cookies()) != 0 {
		t.Errorf("%s, Retry-After %q, cookies %v", resp.Status, resp.Header.Get("Retry-After"), resp.Cookies())
	}
	if got := b.user(); got != "ann" {
		t.Errorf("afterwards the visitor is %q", got)
	}
	s.store.arm(1)
	nobody := s.browser()
	if got := nobody.user(); got != "-" {
		t.Errorf("a visitor without a cookie is %q while the store is out of order", got)
	}
	// Damaged data are a fault too.
	list, _ := s.store.List(t.Context(), "ann", epoch)
	list[0].Data = []byte("\x07garbage")
	if err := s.store.Store.Save(t.Context(), list[0]); err != nil {
		t.Fatal(err)
	}
	s.store.arm(0)
	if got := b.user(); !strings.HasPrefix(got, "503") {
		t.Errorf("with damaged data the visitor is %q", got)
	}
}

// TestFailAtNthStoreCall lets each call of the store fail in turn and checks
// that no fault signs anybody in, or keeps signed in who was signed out and told so.
func TestFailAtNthStoreCall(t *testing.T) {
	for n := 1; n < 20; n++ {
		s := newSite(t)
		b := s.browser()
		s.store.arm(n)
		reported := false
		act := func(do func(w http.ResponseWriter, r *http.Request) error) (ok bool) {
			resp := b.do(func(w http.ResponseWriter, r *http.Request) { ok = do(w, r) == nil })
			reported = reported || !ok
			return ok && resp.StatusCode == 200
		}
		act(func(w http.ResponseWriter, r *http.Request) error { return sessions.Set(r.Context(), "cart", "x") })
		anonymous := *b
		in := act(func(w http.ResponseWriter, r *http.Request) error { return s.Start(w, r, "ann") })
		if got := b.user(); got == "ann" != in && !strings.HasPrefix(got, "503") {
			t.Errorf("call %d: Start succeeded is %v, and the visitor is %q", n, in, got)
		}
		if got := anonymous.user(); got == "ann" {
			t.Errorf("call %d: the token from before the login is signed in", n)
		}
		s.clock.Add(2 * time.Minute)
		act(func(w http.ResponseWriter, r *http.Request) error { return sessions.Set(r.Context(), "k", "v") })
		stolen := *b
		out := act(func(w http.ResponseWriter, r *http.Request) error { return s.End(w, r) })
		if got := stolen.user(); out && got == "ann" {
			t.Errorf("call %d: signed out and told so, and the token is still %q", n, got)
		}
		if _, err := s.RevokeAll(t.Context(), "ann"); err == nil {
			if got := stolen.user(); got == "ann" {
				t.Errorf("call %d: revoked, and the token is still %q", n, got)
			}
		}
	}
}

func TestSeenFaultDoesNotSignOut(t *testing.T) {
	// The disk is full: what is there can still be read.
	s := newSite(t)
	b := s.browser()
	b.start("ann")
	s.clock.Add(time.Hour)
	s.store.arm(2) // load, then save
	if got := b.user(); got != "ann" {
		t.Errorf("the visitor is %q because last-seen could not be written", got)
	}
}

func TestBoundsOfValues(t *testing.T) {
	b := newSite(t).browser()
	b.start("ann")
	b.set("k", "kept")
	for name, change := range map[string]func(*sessions.Values){
		"empty key":  func(v *sessions.Values) { v.Set("", "x") },
		"long key":   func(v *sessions.Values) { v.Set(strings.Repeat("k", sessions.MaxKey+1), "x") },
		"long value": func(v *sessions.Values) { v.Set("k", strings.Repeat("v", sessions.MaxData)) },
		"many": func(v *sessions.Values) {
			for i := range 10_000 {
				v.Set(fmt.Sprint(i), "")
			}
		},
	} {
		b.do(func(w http.ResponseWriter, r *http.Request) {
			err := sessions.Update(r.Context(), func(v *sessions.Values) error {
				change(v)
				return nil
			})
			if err != sessions.ErrTooLarge {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	if got := b.get("k"); got != "kept" {
		t.Errorf("k is %q", got)
	}
	b.do(func(w http.ResponseWriter, r *http.Request) {
		if err := b.site.Start(w, r, ""); err == nil {
			t.Error("the empty user signed in")
		}
		for _, id := range []string{strings.Repeat("u", 256), "a\x00", "\xff"} {
			if err := b.site.Start(w, r, id); err == nil {
				t.Errorf("user %.10q signed in", id)
			}
		}
	})
}

func TestWithoutHandler(t *testing.T) {
	s := newSite(t)
	r := httptest.NewRequest("GET", "/", nil)
	w := httptest.NewRecorder()
	if sessions.From(r.Context()) != nil || sessions.Binding(r) != nil {
		t.Error("a session out of nowhere")
	}
	for _, err := range []error{sessions.Set(r.Context(), "a", "b"), s.Start(w, r, "ann"), s.End(w, r), s.Renew(w, r, false)} {
		if err != sessions.ErrNoHandler {
			t.Errorf("%v, want ErrNoHandler", err)
		}
	}
}

func TestOneCookieAResponse(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	resp := b.do(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "other", Value: "1"})
		sessions.Set(r.Context(), "a", "b")
		s.Start(w, r, "ann")
		s.Renew(w, r, false)
	})
	if got := resp.Cookies(); len(got) != 2 || got[0].Name != "other" || b.user() != "ann" {
		t.Errorf("cookies %v, user %q", got, b.user())
	}
}

func TestPurgeAndRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory.New().Sessions()
		m, err := sessions.New(sessions.Config{Store: store})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 1200 {
			r := sessions.Record{Hash: sha256.Sum256([]byte{byte(i), byte(i >> 8)}), ID: fmt.Sprint(i), UserID: "ann", Expires: time.Now().Add(time.Minute)}
			if err := store.Create(t.Context(), r, sessions.Hash{}); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- m.Run(ctx) }()
		synctest.Wait()
		if list, _ := store.List(t.Context(), "ann", time.Time{}); len(list) != 1000 {
			t.Errorf("%d sessions purged too early", 1000-len(list))
		}
		time.Sleep(11 * time.Minute)
		synctest.Wait()
		if list, _ := store.List(t.Context(), "ann", time.Time{}); len(list) != 0 {
			t.Errorf("%d sessions left after the purge", len(list))
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
