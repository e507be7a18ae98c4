package ratelimit_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/ratelimit"
)

func TestParseRules(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"home: GET / by network 60/m burst 20", "home: GET / by network 60/m burst 20"},
		{"a:/x by user 5/m;b: POST /y by network 1/s closed report", "a: /x by user 5/m\nb: POST /y by network 1/s closed report"},
		{" a : /x  by\tuser 5/60s local ;; ", "a: /x by user 5/m"},
		{"a: /x by user-or-network 5/m", "a: /x by user 5/m"},
		{"a: example.com/x/{id}/ by header:X-Key+network 5/m open", "a: example.com/x/{id}/ by header:X-Key+network 5/m open"},
		{"a: /x by form:email 0/m", "a: /x by form:email 0/m"},
		{"a: POST /export by user 100/h burst 50 cost 25 closed", "a: POST /export by user 100/h burst 50 cost 25 closed"},
		{"a: /x by user 5/m cost 1", "a: /x by user 5/m"},
		{"a: /x by user 0/m cost 5", "a: /x by user 0/m cost 5"},
		{"a: /x by apikey 5/m failed exact", "a: /x by apikey 5/m failed exact"},
		{"a: by global 5/m\nb: by session 5/m", "a: by global 5/m\nb: by session 5/m"},
		{"a: /by by query:by 5/m", "a: /by by query:by 5/m"},
		{"", ""},
	} {
		rules, err := ratelimit.ParseRules(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		var lines []string
		for _, r := range rules {
			lines = append(lines, r.String())
		}
		if diff := cmp.Diff(c.want, strings.Join(lines, "\n")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, diff)
		}
	}
}

func TestParseRulesNamesEveryFault(t *testing.T) {
	_, err := ratelimit.ParseRules(`first: /x by network 10/week
		second: /x by hat 5/m; third: x by network 5/m; fourth: /x by network 5/m sometimes; fifth: /x network 5/m
		: /x by network 5/m; seventh: /x by network 5/m; seventh: /y by network 5/m; eighth: /x by network 5/m open closed
		ninth: GET GET /x by network 5/m; tenth: /x by header: 5/m; eleventh: /x by network:a 5/m; twelfth: /{a}/{a} by user 5/m
		thirteenth: /x by user 5/m cost 0; fourteenth: /x by user 5/m cost 6; fifteenth: /x by user 5/m cost; sixteenth: /x by user 5/m cost 2 cost 2; seventeenth: /x by user 9/m cost 5 burst 4`)
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range []string{"first", "second", "third", "fourth", "fifth", ": /x", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("rule %q is not named in:\n%v", name, err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	rate := ratelimit.MustRate("5/m")
	fn := func(*http.Request) string { return "" }
	for name, cfg := range map[string]ratelimit.Config{
		"negative cost":      {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.ByNetwork(), Rate: rate, FixedCost: -1}}},
		"cost above burst":   {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.ByNetwork(), Rate: rate, FixedCost: 6}}},
		"two costs":          {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.ByNetwork(), Rate: rate, FixedCost: 2, Cost: func(*http.Request) int64 { return 1 }}}},
		"no name":            {Rules: []ratelimit.Rule{{Key: ratelimit.ByNetwork(), Rate: rate}}},
		"hostile name":       {Rules: []ratelimit.Rule{{Name: "a\"b", Key: ratelimit.ByNetwork(), Rate: rate}}},
		"no key":             {Rules: []ratelimit.Rule{{Name: "a", Rate: rate}}},
		"no rate":            {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.ByNetwork()}}},
		"wrong pattern":      {Rules: []ratelimit.Rule{{Name: "a", Pattern: "/{", Key: ratelimit.ByNetwork(), Rate: rate}}},
		"same name":          {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.ByNetwork(), Rate: rate}, {Name: "a", Key: ratelimit.ByNetwork(), Rate: rate}}},
		"user unknown":       {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.ByUser(), Rate: rate}}},
		"session unknown":    {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.BySession(), Rate: rate}}, User: fn},
		"api key unknown":    {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.ByAPIKey(), Rate: rate}}, User: fn},
		"nil func":           {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.ByFunc("f", nil), Rate: rate}}},
		"unnamed header":     {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.ByHeader(""), Rate: rate}}},
		"part twice":         {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.By(ratelimit.ByNetwork(), ratelimit.ByNetwork()), Rate: rate}}},
		"global and more":    {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.By(ratelimit.Global(), ratelimit.ByNetwork()), Rate: rate}}},
		"unknown mode":       {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.ByNetwork(), Rate: rate, Fail: 9}}},
		"unknown count":      {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.ByNetwork(), Rate: rate, Count: 9}}},
		"huge rate":          {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.ByNetwork(), Rate: ratelimit.Rate{Limit: 1 << 62, Period: 1}}}},
		"overflowing burst":  {Rules: []ratelimit.Rule{{Name: "a", Key: ratelimit.ByNetwork(), Rate: ratelimit.Rate{Limit: 1, Period: 1 << 40, Burst: 1 << 60}}}},
		"prefix too short":   {IPv4Prefix: 4},
		"prefix too long":    {IPv6Prefix: 129},
		"negative keys":      {MaxKeys: -1},
		"negative form":      {MaxForm: -1},
		"negative timeout":   {Timeout: -1},
		"store without keys": {Store: newMemory(t, nil)},
	} {
		if _, err := ratelimit.New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		} else if !strings.HasPrefix(err.Error(), "ratelimit: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNewReportsAllFaults gives two at once.
func TestNewReportsAllFaults(t *testing.T) {
	_, err := ratelimit.New(ratelimit.Config{MaxKeys: -1, Rules: []ratelimit.Rule{{Name: "lonely"}}})
	if err == nil || !strings.Contains(err.Error(), "MaxKeys") || !strings.Contains(err.Error(), "lonely") {
		t.Errorf("%v", err)
	}
}

// TestConfigIsCopied changes a Config after New.
func TestConfigIsCopied(t *testing.T) {
	rules := []ratelimit.Rule{{Name: "a", Pattern: "/", Key: ratelimit.ByNetwork(), Rate: ratelimit.MustRate("1/h")}}
	limiter, err := ratelimit.New(ratelimit.Config{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	rules[0].Name = "b"
	limiter.Rules()[0].Name = "c"
	if got := limiter.Rules()[0].Name; got != "a" {
		t.Errorf("the rule is now called %q", got)
	}
}

func TestDefaultsAreValid(t *testing.T) {
	rules := ratelimit.Defaults()
	limiter, err := ratelimit.New(ratelimit.Config{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, r := range rules {
		if r.Fail == ratelimit.FailOpen {
			t.Errorf("rule %q fails open", r.Name)
		}
		text = append(text, r.String())
	}
	again, err := ratelimit.ParseRules(strings.Join(text, ";"))
	if err != nil || len(again) != len(rules) {
		t.Errorf("the defaults cannot be written as text: %v", err)
	}
	for _, path := range []string{"/account/login", "/account/signup", "/account/password/reset", "/account/mfa/totp", "/-/csp-report", "/account/api/v1/login"} {
		results, err := limiter.PeekRequest(request("POST", path, "203.0.113.9:1"))
		if err != nil || len(results) == 0 {
			t.Errorf("no rule for %s: %v", path, err)
		}
	}
}

func TestOverride(t *testing.T) {
	rules, err := ratelimit.ParseRules("login: POST /account/login by network 5/m; mine: / by network 9/s")
	if err != nil {
		t.Fatal(err)
	}
	base := ratelimit.Defaults()
	all := ratelimit.Override(base, rules)
	if len(all) != len(base)+1 || all[0].Rate.Limit != 5 || base[0].Rate.Limit == 5 || all[len(all)-1].Name != "mine" {
		t.Errorf("%v", all)
	}
}

func FuzzParseRules(f *testing.F) {
	f.Add("home: GET / by network 60/m burst 20; search: /search by user 10/m closed report")
	f.Add("a: /{x...} by header:X+form:y 1/s burst 2 open failed exact")
	f.Add("a:/ by by 1/s;;\n:")
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := ratelimit.ParseRules(text)
		if err != nil {
			return
		}
		fn := func(*http.Request) string { return "x" }
		if _, err := ratelimit.New(ratelimit.Config{Rules: rules, User: fn, Session: fn, APIKey: fn, MaxKeys: 1}); err != nil {
			t.Errorf("%q: parsed but refused: %v", text, err)
		}
		for _, r := range rules {
			again, err := ratelimit.ParseRules(r.String())
			if err != nil || len(again) != 1 || again[0].String() != r.String() {
				t.Errorf("%q prints as %q, which reads as %v, %v", text, r, again, err)
			}
		}
	})
}

// TestFixedCost: a search is worth four pages. What a refused request is told to
// wait is the same in both fields, also where some of the rate remains.
func TestFixedCost(t *testing.T) {
	c := newClock()
	limiter := limiterFor(t, "search: /search by network 10/m cost 4", func(cfg *ratelimit.Config) { cfg.Now = c.Now })
	h, r := limited(limiter), request("GET", "/search", "203.0.113.9:1")
	if got := play(h, r, r, r); got != "ooB" {
		t.Errorf("%s, want ooB", got)
	}
	w := send(h, r)
	if w.Code != 429 || w.Header().Get("Retry-After") != "12" || w.Header()["Ratelimit"][0] != `"search";r=2;t=12` {
		t.Errorf("%d, Retry-After %q, RateLimit %q", w.Code, w.Header().Get("Retry-After"), w.Header()["Ratelimit"])
	}
	c.Advance(12 * time.Second)
	if got := play(h, r, r); got != "oB" {
		t.Errorf("after the wait: %s, want oB", got)
	}
	if result, err := limiter.Peek(t.Context(), "search", "203.0.113.9"); err != nil || result.Limit != 10 || result.Allowed != (result.Remaining > 0) {
		t.Errorf("a program takes single events: %+v, %v", result, err)
	}
}
