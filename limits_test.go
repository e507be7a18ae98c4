package merlon_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/settings"
)

// still is a clock for tests in which no event may be regained, however slow the
// machine.
func still() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// The rules for sign-in, sign-up, reset, codes, reports and the API hold without
// any setting: 20 wrong sign-ins from one network, whoever is tried, and no more.
func TestBuiltInLimitsHold(t *testing.T) {
	site := compose(t, merlon.Config{Settings: production(t), Now: still, Lockout: func(c *lockout.Config) {
		c.Parameters, c.Spray.Skip = []lockout.Parameter{{User: true}}, true // this is not about the lock
	}})
	h := site.Handler()
	for i := range 22 {
		response := attempt(t, h, "203.0.113.7", url.Values{"email": {fmt.Sprintf("user%d@example.com", i)}})
		want := http.StatusUnprocessableEntity
		if i >= 20 {
			want = http.StatusTooManyRequests
		}
		if response.StatusCode != want || !strings.Contains(response.Header.Get("Ratelimit"), `"login-failed";r=`) {
			t.Fatalf("wrong sign-in %d: %d, RateLimit %q", i+1, response.StatusCode, response.Header.Get("Ratelimit"))
		}
	}
	if got := attempt(t, h, "203.0.113.8", nil).StatusCode; got != http.StatusUnprocessableEntity {
		t.Errorf("another network: %d", got)
	}
	for target, names := range map[string]string{
		"/account/signup": "signup", "/account/password/reset?email=ann@example.com": "reset reset-address", "/account/unlock?email=ann@example.com": "unlock unlock-address",
		"/account/mfa/totp": "code", "/-/csp-report": "csp-report", "/account/api/v1/login": "login-api login-failed-api api",
		"/account/api/v1/mfa/totp": "code-api api", "/account/api/v1/password/reset": "reset-api reset-address-api api",
	} {
		results, err := site.Limiter().PeekRequest(secure("POST", target, nil))
		var found []string
		for _, r := range results {
			found = append(found, r.Rule)
		}
		if err != nil || strings.Join(found, " ") != names {
			t.Errorf("%s: rules %q, %v, want %q", target, found, err, names)
		}
	}
}

// One mailbox gets three mails, however its address is written and wherever the
// requests come from: all of these find the same account.
func TestAttackSpellingsOfOneMailbox(t *testing.T) {
	h := compose(t, merlon.Config{Settings: production(t), Now: still}).Handler()
	for _, target := range []string{"/account/password/reset", "/account/unlock"} {
		for i, address := range []string{"ann@example.com", " ANN@example.com", "\uff41nn@example.com", "ann@\uff45xample.com", "ann@example\u3002com", "a\uff4en@\u24d4xample.com"} {
			limited := attemptAt(t, h, target, fmt.Sprintf("203.0.113.%d", i), url.Values{"email": {address}}).StatusCode == http.StatusTooManyRequests
			if limited != (i >= 3) {
				t.Errorf("%s, mail %d, to %q: limited %t", target, i+1, address, limited)
			}
		}
		if got := attemptAt(t, h, target, "203.0.113.99", url.Values{"email": {"bob@example.com"}}).StatusCode; got == http.StatusTooManyRequests {
			t.Errorf("%s: another mailbox: %d", target, got)
		}
	}
}

// What no setting can say is said from Go: a cost that depends on the request, a
// key of the site's own, and who is told of decisions.
func TestRateLimitFromGo(t *testing.T) {
	var told []ratelimit.Result
	config := merlon.Config{Settings: production(t, "MERLON_RATE_LIMITS=page: GET /page by network 1/h"), Now: still, RateLimit: func(c *ratelimit.Config) {
		c.Rules = append(c.Rules,
			ratelimit.Rule{
				Name: "export", Pattern: "/export", Rate: ratelimit.MustRate("10/h"),
				Key: ratelimit.ByFunc("tenant", func(r *http.Request) string { return r.Header.Get("X-Tenant") }),
				Cost: func(r *http.Request) int64 {
					if r.Header.Get("X-Plan") == "free" {
						return 5
					}
					return 1
				},
			},
			ratelimit.Rule{Name: "mine", Pattern: "/mine", Key: ratelimit.ByUser(), Rate: ratelimit.MustRate("1/h")})
		c.Observe = func(r ratelimit.Result) { told = append(told, r) }
	}}
	h := compose(t, config).Protect(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	ask := func(path, tenant, plan string) int {
		r := secure("GET", path, nil)
		r.Header.Set("X-Tenant", tenant)
		r.Header.Set("X-Plan", plan)
		return send(h, r).StatusCode
	}
	for i, c := range []struct {
		path, tenant, plan string
		status             int
	}{
		{"/export", "a", "free", 200}, {"/export", "a", "free", 200}, {"/export", "a", "free", 429}, {"/export", "b", "paid", 200},
		{"/page", "", "", 200}, {"/page", "", "", 429}, {"/mine", "", "", 200}, {"/mine", "", "", 429},
	} {
		if got := ask(c.path, c.tenant, c.plan); got != c.status {
			t.Errorf("%d, %s: %d, want %d", i, c.path, got, c.status)
		}
	}
	if len(told) != 8 || told[2].Rule != "export" || told[2].Allowed {
		t.Errorf("told of %+v", told)
	}

	config.Settings = production(t)
	config.RateLimit = func(c *ratelimit.Config) { c.Rules[0].Rate.Limit = -1 }
	if _, err := merlon.Compose(merlon.Config{Settings: config.Settings, Stores: stores(), RateLimit: config.RateLimit}); err == nil || !strings.Contains(err.Error(), `rule "login"`) || strings.Contains(err.Error(), "RATE_LIMITS") {
		t.Errorf("a wrong rule from Go: %v", err)
	}
	config.RateLimit = func(c *ratelimit.Config) { c.Rules = nil }
	if got := send(compose(t, config).Handler(), secure("GET", "/", nil)).StatusCode; got != 200 {
		t.Errorf("without rules: %d", got)
	}
}

// The metrics say what was decided and locked, and not about whom.
func TestMetrics(t *testing.T) {
	var hooked int
	site := compose(t, merlon.Config{
		Settings: production(t, "MERLON_LOCKOUT_FAILURE_LIMIT=2", "MERLON_RATE_LIMITS=page: GET /page by network 2/h; shadow: GET /page by network 1/h report; mine: GET /mine by user 1/h"),
		Lockout:  func(c *lockout.Config) { c.OnLock = func(context.Context, lockout.Lock) { hooked++ } },
	})
	h := site.Handler()
	for range 3 {
		send(h, secure("GET", "/page", nil))
		send(h, secure("GET", "/mine", nil))
	}
	for range 3 {
		guess(t, h, "203.0.113.7")
	}
	var text strings.Builder
	if err := site.WriteMetrics(&text); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"# TYPE merlon_ratelimit_decisions_total counter",
		`merlon_ratelimit_decisions_total{rule="page",decision="allowed"} 2`, `merlon_ratelimit_decisions_total{rule="page",decision="refused"} 1`,
		`merlon_ratelimit_decisions_total{rule="shadow",decision="reported"} 2`, `merlon_ratelimit_decisions_total{rule="mine",decision="refused"} 2`,
		`merlon_ratelimit_decisions_total{rule="login",decision="allowed"} 3`, `merlon_ratelimit_degraded_decisions_total{rule="page"} 0`,
		"merlon_ratelimit_degraded 0", `merlon_lockout_locks_total{counter="user+network"} 1`, `merlon_lockout_locks_total{counter="network"} 0`,
	} {
		if !strings.Contains(text.String(), line+"\n") {
			t.Errorf("not there: %s\n%s", line, text.String())
		}
	}
	if strings.Contains(text.String(), "203.0.113") || strings.Contains(text.String(), "ann@") || hooked != 1 {
		t.Errorf("hooked %d\n%s", hooked, text.String())
	}
}

// What is wrong with a rule is said with its name, and never with what else stands
// there; what is no rule is not shown at all.
func TestWrongRulesAreNamed(t *testing.T) {
	for rules, want := range map[string]string{
		"home: / by network 5/m; h: /x by network 10/hunter2":    `rule "h": rate (entry 2): period (entry 2) is not a whole number above 0`,
		"home: / by network 5/m; home: /x by network 5/m":        `rule "home" is there twice`,
		"page: /hunter2/{ by network 5/m":                        `rule "page": pattern (entry 1)`,
		"page: / by hunter2 5/m":                                 `rule "page": unknown key (entry 1)`,
		"page: / by apikey 5/m":                                  `rule "page" counts by apikey`,
		"page: / by network 5/m hunter2":                         `rule "page": unknown word (entry 1)`,
		"hunter2":                                                `rule (entry 1) does not begin with a name and a colon`,
		"hunter2:secret":                                         `rule (entry 1): not of the form`,
		"hunter2: / network 5/m":                                 `rule (entry 1): not of the form`,
		"one: / by network 5/m;\ntwo: /two by network 5/hunter2": `rule "two": rate`,
	} {
		_, err := merlon.Compose(merlon.Config{Settings: production(t, "MERLON_RATE_LIMITS="+rules), Stores: stores()})
		all, ok := errors.AsType[settings.Errors](err)
		if !ok || len(all) != 1 || all[0].Name != "RATE_LIMITS" || !strings.Contains(all[0].Problem, want) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "secret:") {
			t.Errorf("%q: %v, want %s", rules, err, want)
		}
	}
}
