package merlon_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/settings"
)

func TestLockoutSettingsAreJudged(t *testing.T) {
	for value, problem := range map[string]string{
		"device": "device alone", "user_agent,user": "user_agent", "user,user": "twice", "usr": "unknown parameter", "user+": "empty name",
	} {
		_, err := merlon.Compose(merlon.Config{Settings: production(t, "MERLON_LOCKOUT_PARAMETERS="+value), Stores: stores()})
		all, ok := errors.AsType[settings.Errors](err)
		if !ok || len(all) != 1 || all[0].Key != "LOCKOUT_PARAMETERS" || all[0].Source != "environment variable MERLON_LOCKOUT_PARAMETERS" || !strings.Contains(all[0].Problem, problem) {
			t.Errorf("%q: %v", value, err)
		}
	}
}

// Behind a proxy the client counts, not the proxy: else one attacker would lock
// out everybody, and a forged header would be a fresh budget.
func TestAttackLockoutCountsTheProxy(t *testing.T) {
	site := compose(t, merlon.Config{Settings: production(t, "MERLON_LOCKOUT_FAILURE_LIMIT=2", "MERLON_LOCKOUT_PARAMETERS=network")})
	h := site.Handler()
	for i, c := range []struct {
		forwarded string
		status    int
	}{
		{"203.0.113.7", 422}, {"9.9.9.9, 203.0.113.7", 429}, {"8.8.8.8, 203.0.113.7", 429}, {"203.0.113.8", 422},
	} {
		if got := guess(t, h, c.forwarded); got != c.status {
			t.Errorf("%d: %d, want %d", i, got, c.status)
		}
	}
}

func TestLockoutNetworksAreJudged(t *testing.T) {
	_, err := merlon.Compose(merlon.Config{Settings: production(t,
		"MERLON_LOCKOUT_DENY_NETWORKS=203.0.113.0/24,0.0.0.0/0", "MERLON_LOCKOUT_ALLOW_NETWORKS=monitor.example"), Stores: stores()})
	all, ok := errors.AsType[settings.Errors](err)
	if !ok || len(all) != 2 || all[0].Key != "LOCKOUT_DENY_NETWORKS" || !strings.Contains(all[0].Problem, "network (entry 2) is everybody") ||
		all[1].Key != "LOCKOUT_ALLOW_NETWORKS" || !strings.Contains(all[1].Problem, "neither an address nor a network") {
		t.Errorf("%v", err)
	}
}

// What the settings say about networks, growth and looks holds for sign-in.
func TestLockoutSettingsHold(t *testing.T) {
	var locks []lockout.Lock
	site := compose(t, merlon.Config{
		Settings: production(t, "MERLON_LOCKOUT_FAILURE_LIMIT=2", "MERLON_LOCKOUT_DENY_NETWORKS=203.0.113.9,198.51.100.0/24", "MERLON_LOCKOUT_ALLOW_NETWORKS=192.0.2.1"),
		Lockout: func(c *lockout.Config) {
			c.OnLock = func(_ context.Context, l lockout.Lock) { locks = append(locks, l) }
		},
	})
	h := site.Handler()
	for _, c := range []struct {
		from   string
		status []int
	}{
		{"203.0.113.9", []int{403, 403}}, {"198.51.100.77", []int{403}}, {"192.0.2.1", []int{422, 422, 422, 422}}, {"203.0.113.8", []int{422, 429, 429}},
	} {
		for i, want := range c.status {
			if got := guess(t, h, c.from); got != want {
				t.Errorf("%s, %d: %d, want %d", c.from, i, got, want)
			}
		}
	}
	if len(locks) != 1 || locks[0].Account != "ann@example.com" {
		t.Errorf("the hook was told of %+v", locks)
	}
	hidden := compose(t, merlon.Config{Settings: production(t, "MERLON_LOCKOUT_FAILURE_LIMIT=2", "MERLON_LOCKOUT_HIDDEN=true")}).Handler()
	for range 4 {
		if got := guess(t, hidden, "203.0.113.8"); got != 422 {
			t.Errorf("hidden: %d", got)
		}
	}
}

// guess signs in with a wrong password, for somebody whom the proxy saw at the
// last of the addresses, and returns the status.
func guess(t *testing.T, h http.Handler, forwarded string) int {
	t.Helper()
	page := send(h, secure("GET", "/account/login", nil))
	token, cookie := formToken(t, page)
	form := url.Values{"email": {"ann@example.com"}, "password": {"wrong horse"}, "csrf_token": {token}}
	r := secure("POST", "/account/login", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://example.com")
	r.Header.Set("X-Forwarded-For", forwarded)
	r.AddCookie(cookie)
	return send(h, r).StatusCode
}

func formToken(t *testing.T, page *http.Response) (string, *http.Cookie) {
	t.Helper()
	var text strings.Builder
	if err := page.Write(&text); err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(text.String(), `name="csrf_token" value="`)
	token, _, _ := strings.Cut(rest, `"`)
	cookies := page.Cookies()
	if !ok || len(cookies) == 0 {
		t.Fatal("no token on the page")
	}
	return token, cookies[0]
}
