package merlon_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/merlon-go/merlon"
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
	login := func(forwarded string) int {
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
	for i, c := range []struct {
		forwarded string
		status    int
	}{
		{"203.0.113.7", 422}, {"9.9.9.9, 203.0.113.7", 429}, {"8.8.8.8, 203.0.113.7", 429}, {"203.0.113.8", 422},
	} {
		if got := login(c.forwarded); got != c.status {
			t.Errorf("%d: %d, want %d", i, got, c.status)
		}
	}
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
