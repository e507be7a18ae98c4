package merlon_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/settings"
)

func TestLockoutSettingsAreJudged(t *testing.T) {
	for value, problem := range map[string]string{
		"device": "device alone", "user_agent,user": "user_agent", "user,user": "twice", "usr": "unknown parameter", "user+": "empty name",
	} {
		_, err := merlon.Compose(merlon.Config{Settings: production(t, "MERLON_LOCKOUT_PARAMETERS="+value), Stores: stores()})
		all, ok := errors.AsType[settings.Errors](err)
		if !ok || len(all) != 1 || all[0].Name != "LOCKOUT_PARAMETERS" || all[0].Source != "environment variable MERLON_LOCKOUT_PARAMETERS" || !strings.Contains(all[0].Problem, problem) {
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
	if !ok || len(all) != 2 || all[0].Name != "LOCKOUT_DENY_NETWORKS" || !strings.Contains(all[0].Problem, "network (entry 2) is everybody") ||
		all[1].Name != "LOCKOUT_ALLOW_NETWORKS" || !strings.Contains(all[1].Problem, "neither an address nor a network") {
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

// A site shows a CAPTCHA of its own on its own page, after wrong passwords.
func TestChallengeOnAPageOfTheSite(t *testing.T) {
	login, err := fs.ReadFile(accounts.Files(), "account/login.html")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.Replace(string(login), "<button", `{{if .Challenge}}<label>What is 6 × 7? <input name="captcha"></label>{{end}}<button`, 1)
	site := compose(t, merlon.Config{
		Settings: production(t),
		Pages:    fstest.MapFS{"account/login.html": {Data: []byte(page)}},
		Static:   fstest.MapFS{"merlon.css": {Data: []byte("body { color: teal }")}},
		Lockout: func(c *lockout.Config) {
			c.ChallengeAfter = 1
			c.Challenge = func(r *http.Request) (bool, error) { return r.PostFormValue("captcha") == "42", nil }
		},
	})
	h := site.Handler()
	const question = "What is 6 × 7?"
	for i, c := range []struct {
		status int
		asked  bool
		extra  url.Values
	}{
		{422, false, nil}, {429, true, nil}, {429, true, url.Values{"captcha": {"41"}}}, {422, false, url.Values{"captcha": {"42"}}},
	} {
		response := attempt(t, h, "203.0.113.7", c.extra)
		text, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != c.status || strings.Contains(string(text), question) != c.asked {
			t.Errorf("%d: %d\n%s", i, response.StatusCode, text)
		}
	}
	front, _ := io.ReadAll(send(h, secure("GET", "/account/login", nil)).Body)
	sheet, _, _ := strings.Cut(string(front[strings.Index(string(front), "/-/static/merlon."):]), `"`)
	if css, _ := io.ReadAll(send(h, secure("GET", sheet, nil)).Body); string(css) != "body { color: teal }" {
		t.Errorf("%s is %q", sheet, css)
	}
}

// guess signs in with a wrong password, for somebody whom the proxy saw at the
// last of the addresses, and returns the status.
func guess(t *testing.T, h http.Handler, forwarded string) int {
	t.Helper()
	return attempt(t, h, forwarded, nil).StatusCode
}

// attempt is a guess with further fields.
func attempt(t *testing.T, h http.Handler, forwarded string, extra url.Values) *http.Response {
	t.Helper()
	return attemptAt(t, h, "/account/login", forwarded, extra)
}

// attemptAt sends such a form somewhere else.
func attemptAt(t *testing.T, h http.Handler, target, forwarded string, extra url.Values) *http.Response {
	t.Helper()
	page := send(h, secure("GET", "/account/login", nil))
	token, cookie := formToken(t, page)
	form := url.Values{"email": {"ann@example.com"}, "password": {"wrong horse"}, "csrf_token": {token}}
	maps.Copy(form, extra)
	r := secure("POST", target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://example.com")
	r.Header.Set("X-Forwarded-For", forwarded)
	r.AddCookie(cookie)
	return send(h, r)
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
