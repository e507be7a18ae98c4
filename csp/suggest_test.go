package csp_test

import (
	"fmt"
	"go/parser"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/csp"
)

// violation returns a report that was seen several times.
func violation(directive, blocked string, more ...string) csp.Report {
	r := csp.Report{Kind: csp.KindViolation, Directive: directive, Blocked: blocked, Route: "/map", Count: 12, First: noon, Last: noon, Browsers: []string{"Chrome 142", "Firefox 140"}}
	if len(more) > 0 {
		r.Sample = more[0]
	}
	return r
}

// The columns: the policy, what was blocked, what is added, how risky it is,
// and a word of the advice.
func TestSuggest(t *testing.T) {
	const strict, basic = "script-src 'nonce' 'strict-dynamic'; style-src 'self' 'nonce'; default-src 'self'", "default-src 'self'"
	for _, c := range []struct {
		policy, directive, blocked, sample string
		want                               string
		risk                               csp.Severity
		word                               string
	}{
		{basic, "img-src", "https://cdn.example.com", "", "img-src https://cdn.example.com", csp.Low, "if the page is meant"},
		{"img-src 'none'", "img-src", "https://cdn.example.com", "", "img-src https://cdn.example.com", csp.Low, "if the page is meant"},
		{basic, "img-src", "http://cdn.example.com:8080", "", "img-src https://cdn.example.com:8080", csp.Low, "change its address to https"},
		{basic, "connect-src", "ws://live.example.com", "", "connect-src wss://live.example.com", csp.Low, "https"},
		{"default-src 'none'", "img-src", "self", "", "img-src 'self'", csp.Low, "the site itself"},
		{basic, "img-src", "data:", "", "img-src data:", csp.Low, "data:"},
		{basic, "media-src", "blob:", "", "media-src blob:", csp.Low, "blob:"},
		{basic, "frame-src", "data:", "", "frame-src", csp.Info, "whole scheme"},
		{basic, "connect-src", "data:", "", "connect-src", csp.Info, "whole scheme"},
		{basic, "script-src-elem", "inline", "", "script-src 'nonce'", csp.Low, `nonce="{{nonce}}"`},
		{basic, "style-src-elem", "inline", "", "style-src 'nonce'", csp.Low, `nonce="{{nonce}}"`},
		{"default-src 'self'; script-src-elem 'self'", "script-src-elem", "inline", "", "script-src-elem 'nonce'", csp.Low, `nonce="{{nonce}}"`},
		{strict, "script-src-elem", "inline", "", "script-src", csp.Info, "the policy has a nonce"},
		{strict, "script-src-elem", "https://cdn.example.com", "", "script-src", csp.Info, "the policy has a nonce"},
		{strict, "style-src-elem", "https://fonts.example.com", "", "style-src", csp.Info, "the policy has a nonce"},
		{"script-src 'strict-dynamic' 'sha256-" + b64 + "'", "script-src-elem", "inline", "init()", "script-src " + string(csp.Hash("init()")), csp.Low, "by its hash"},
		{"script-src 'strict-dynamic' 'sha256-" + b64 + "'", "script-src-elem", "inline", strings.Repeat("x", 40), "script-src 'nonce'", csp.Low, "by nonce"},
		{"script-src 'strict-dynamic' 'sha256-" + b64 + "'", "script-src-elem", "https://cdn.example.com", "", "script-src", csp.Info, "hosts do not count"},
		{strict, "script-src-attr", "inline", "go()", "script-src", csp.Info, "addEventListener"},
		{strict, "style-src-attr", "inline", "", "style-src", csp.Info, "use a class"},
		{strict, "script-src", "eval", "", "script-src", csp.Info, "replace eval"},
		{strict, "script-src", "wasm-eval", "", "script-src 'wasm-unsafe-eval'", csp.Low, "WebAssembly"},
		{basic, "script-src-elem", "https://widgets.example.com", "", "script-src https://widgets.example.com", csp.Medium, "a nonce on the element is safer"},
		{basic, "script-src-elem", "https://cdnjs.cloudflare.com", "", "script-src", csp.High, "do not allow this host"},
		{"default-src 'none'", "script-src-elem", "self", "", "script-src 'self'", csp.Medium, "the site serves"},
		{basic, "script-src-elem", "data:", "", "script-src", csp.Info, "an attacker can write"},
		{basic, "worker-src", "blob:", "", "worker-src blob:", csp.Medium, "workers"},
		{basic, "style-src-elem", "https://fonts.example.com", "", "style-src https://fonts.example.com", csp.Medium, "style"},
		{"frame-ancestors 'none'", "frame-ancestors", "https://partner.example", "", "frame-ancestors https://partner.example", csp.High, "if the page is meant"},
		{"form-action 'self'", "form-action", "https://pay.example", "", "form-action https://pay.example", csp.Medium, "if the page is meant"},
		{"base-uri 'none'", "base-uri", "https://evil.example", "", "base-uri", csp.Info, "should not need this"},
		{"object-src 'none'", "object-src", "https://a.example", "", "object-src", csp.Info, "should not need this"},
		{"sandbox", "sandbox", "inline", "", "sandbox", csp.Info, "sandbox forbids"},
		{"require-trusted-types-for 'script'", "require-trusted-types-for", "trusted-types-sink", "Element innerHTML|<b>", "require-trusted-types-for", csp.Info, "textContent"},
		{"trusted-types default", "trusted-types", "trusted-types-policy", "dompurify", "trusted-types dompurify", csp.Medium, "list the policy"},
		{"trusted-types default", "trusted-types", "trusted-types-policy", "a;b", "trusted-types", csp.Info, "not listed"},
		{"child-src 'self'", "frame-src", "https://v.example", "", "frame-src https://v.example", csp.Low, "if the page"},
	} {
		policy := parse(t, c.policy)
		got := csp.Suggest([]csp.Report{violation(c.directive, c.blocked, c.sample)}, policy)
		if len(got) != 1 {
			t.Errorf("%s, %s: %+v", c.directive, c.blocked, got)
			continue
		}
		s := got[0]
		if text := strings.TrimSpace(string(s.Directive) + " " + string(s.Add)); text != c.want {
			t.Errorf("%s, %s, %s: %s, want %s", c.policy, c.directive, c.blocked, text, c.want)
		}
		if s.Risk != c.risk || !strings.Contains(s.Advice, c.word) || s.Add != "" && s.RiskText == "" || !strings.Contains(s.Explain, "12 times, on /map, by Chrome 142, Firefox 140") {
			t.Errorf("%s, %s: %+v", c.directive, c.blocked, s)
		}
		// What is added allows it, and the policy stays valid.
		better := csp.Apply(policy, got)
		if err := better.Validate(); err != nil {
			t.Errorf("%s: %v", better, err)
		}
		if strings.HasPrefix(c.blocked, "http:") || strings.HasPrefix(c.blocked, "ws:") || s.Add == "" {
			continue
		}
		if v := csp.WouldBlock(better, []csp.Report{violation(c.directive, c.blocked, c.sample)}); v[0].Outcome == csp.Blocked {
			t.Errorf("%s still blocks %s", better, c.blocked)
		}
		if again := csp.Suggest([]csp.Report{violation(c.directive, c.blocked, c.sample)}, better); len(again) > 0 && again[0].Add != "" {
			t.Errorf("%s: suggested again: %+v", better, again)
		}
	}
}

// Whatever was blocked, no suggestion undoes the policy.
func TestSuggestNeverUndoesThePolicy(t *testing.T) {
	directives := []string{"default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem", "style-src-attr", "img-src", "font-src", "connect-src",
		"media-src", "object-src", "frame-src", "child-src", "worker-src", "manifest-src", "base-uri", "form-action", "frame-ancestors", "sandbox", "trusted-types", "require-trusted-types-for"}
	blocked := []string{"inline", "eval", "wasm-eval", "self", "data:", "blob:", "https:", "filesystem:", "intent:", "https://cdn.example.com", "http://a.example:8080",
		"https://*", "https://unpkg.com", "https://ajax.googleapis.com", "trusted-types-sink", "trusted-types-policy", "https://[::1]"}
	var reports []csp.Report
	for _, d := range directives {
		for _, b := range blocked {
			reports = append(reports, violation(d, b, "'unsafe-inline'"))
		}
	}
	for _, policy := range []csp.Policy{csp.Strict(), csp.Basic(), csp.API(), csp.StrictHash(csp.Hash("x")), parse(t, "sandbox; trusted-types 'none'; child-src 'self'")} {
		before := len(highs(policy))
		better := csp.Apply(policy, csp.Suggest(reports, policy))
		for d, values := range better {
			for _, bad := range []csp.Source{csp.UnsafeInline, csp.UnsafeEval, "*", "https:", "http:"} {
				if slices.Contains(values, bad) {
					t.Errorf("%s gained %s", d, bad)
				}
			}
			if strings.HasPrefix(string(d), "script-src") && slices.Contains(values, "data:") {
				t.Errorf("%s gained data:", d)
			}
		}
		if after := highs(better); len(after) > before {
			t.Errorf("%s\nbecame %s\n%+v", policy, better, after)
		}
	}
}

func highs(p csp.Policy) (high []csp.Finding) {
	for _, f := range csp.Evaluate(p) {
		if f.Severity == csp.High && f.ID != "missing-base-uri" {
			high = append(high, f)
		}
	}
	return high
}

// Reports about one thing are one suggestion, the most reported first, and
// what the policy allows by now is left out.
func TestSuggestGroups(t *testing.T) {
	policy := parse(t, "default-src 'self'; font-src fonts.example.com")
	one := violation("img-src", "https://cdn.example.com")
	two := one
	two.Route, two.Count, two.Browsers, two.Enforced = "/shop", 3, []string{"Safari 26"}, true
	rare := violation("connect-src", "https://api.example.com")
	rare.Count, rare.Browsers = 1, nil
	other := csp.Report{Kind: csp.KindCrash, Directive: "oom", Count: 100}
	got := csp.Suggest([]csp.Report{rare, violation("font-src", "https://fonts.example.com"), one, other, two}, policy)
	want := []csp.Suggestion{{
		Directive: csp.ImgSrc, Add: "https://cdn.example.com",
		Explain: "img-src would block https://cdn.example.com: 15 times, on /map, /shop, by Chrome 142, Firefox 140, Safari 26",
		Advice:  "allow this host if the page is meant to use it", Risk: csp.Low, RiskText: "the address of what is loaded can carry data there",
		Count: 15, Routes: []string{"/map", "/shop"}, Browsers: []string{"Chrome 142", "Firefox 140", "Safari 26"},
	}, {
		Directive: csp.ConnectSrc, Add: "https://api.example.com",
		Explain: "connect-src would block https://api.example.com: once, which may be an extension or an attack, on /map",
		Advice:  "allow this host if the page is meant to use it", Risk: csp.Low, RiskText: "scripts of the page can send data there",
		Count: 1, Routes: []string{"/map"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if better := csp.Apply(policy, got).String(); better != "default-src 'self'; img-src 'self' https://cdn.example.com; font-src fonts.example.com; connect-src 'self' https://api.example.com" {
		t.Error(better)
	}
	if policy.String() != "default-src 'self'; font-src fonts.example.com" {
		t.Error("Apply changed the policy")
	}
}

func TestWouldBlock(t *testing.T) {
	for _, c := range []struct {
		policy, directive, blocked, sample string
		want                               csp.Outcome
	}{
		{"img-src 'self'", "img-src", "https://a.example", "", csp.Blocked},
		{"img-src 'self'", "font-src", "https://a.example", "", csp.Allowed},
		{"default-src 'self'", "font-src", "https://a.example", "", csp.Blocked},
		{"img-src *", "img-src", "https://a.example", "", csp.Allowed},
		{"img-src *", "img-src", "data:", "", csp.Blocked},
		{"img-src *", "img-src", "self", "", csp.Allowed},
		{"img-src https:", "img-src", "https://a.example:8443", "", csp.Allowed},
		{"img-src http:", "img-src", "https://a.example", "", csp.Allowed},
		{"img-src https:", "img-src", "http://a.example", "", csp.Blocked},
		{"img-src a.example", "img-src", "https://a.example", "", csp.Allowed},
		{"img-src A.example/x/", "img-src", "https://a.example", "", csp.Allowed},
		{"img-src a.example", "img-src", "http://a.example", "", csp.Blocked},
		{"img-src http://a.example", "img-src", "https://a.example", "", csp.Allowed},
		{"img-src a.example", "img-src", "https://a.example:8443", "", csp.Blocked},
		{"img-src a.example:443", "img-src", "https://a.example", "", csp.Allowed},
		{"img-src a.example:8443", "img-src", "https://a.example:8443", "", csp.Allowed},
		{"img-src a.example:*", "img-src", "https://a.example:8443", "", csp.Allowed},
		{"img-src *.a.example", "img-src", "https://x.y.a.example", "", csp.Allowed},
		{"img-src *.a.example", "img-src", "https://a.example", "", csp.Blocked},
		{"img-src *.a.example", "img-src", "https://eva.example", "", csp.Blocked},
		{"img-src https://*", "img-src", "https://a.example", "", csp.Allowed},
		{"connect-src wss://a.example", "connect-src", "wss://a.example", "", csp.Allowed},
		{"connect-src ws://a.example", "connect-src", "wss://a.example", "", csp.Allowed},
		{"connect-src https://a.example", "connect-src", "wss://a.example", "", csp.Allowed},
		{"img-src a.example", "img-src", "https://[::1]", "", csp.Blocked},
		{"img-src *", "img-src", "https://[::1]", "", csp.Allowed},
		{"script-src 'unsafe-inline'", "script-src-elem", "inline", "", csp.Allowed},
		{"script-src 'unsafe-inline' 'nonce'", "script-src-elem", "inline", "", csp.NeedsNonce},
		{"script-src 'unsafe-inline' 'nonce'", "script-src-attr", "inline", "", csp.Blocked},
		{"script-src 'self'", "script-src-elem", "inline", "", csp.Blocked},
		{"script-src " + string(csp.Hash("go()")), "script-src-elem", "inline", "go()", csp.Allowed},
		{"script-src " + string(csp.Hash("go()")), "script-src-elem", "inline", "went()", csp.Blocked},
		{"script-src 'nonce' 'strict-dynamic' a.example", "script-src-elem", "https://a.example", "", csp.NeedsNonce},
		{"script-src a.example; script-src-elem 'none'", "script-src-elem", "https://a.example", "", csp.Blocked},
		{"script-src 'unsafe-eval'", "script-src", "eval", "", csp.Allowed},
		{"script-src 'unsafe-eval'", "script-src", "wasm-eval", "", csp.Allowed},
		{"script-src 'wasm-unsafe-eval'", "script-src", "eval", "", csp.Blocked},
		{"require-trusted-types-for 'script'", "require-trusted-types-for", "trusted-types-sink", "", csp.Blocked},
		{"img-src 'self'", "require-trusted-types-for", "trusted-types-sink", "", csp.Allowed},
		{"trusted-types a *", "trusted-types", "trusted-types-policy", "b", csp.Allowed},
		{"trusted-types a", "trusted-types", "trusted-types-policy", "b", csp.Blocked},
		{"upgrade-insecure-requests", "upgrade-insecure-requests", "inline", "", csp.Allowed},
		{"child-src a.example", "frame-src", "https://a.example", "", csp.Allowed},
		{"script-src a.example", "worker-src", "https://a.example", "", csp.Allowed},
	} {
		got := csp.WouldBlock(parse(t, c.policy), []csp.Report{{Kind: csp.KindCrash}, violation(c.directive, c.blocked, c.sample)})
		if len(got) != 1 || got[0].Outcome != c.want {
			t.Errorf("%s, %s %s: %v, want %s", c.policy, c.directive, c.blocked, got, c.want)
		}
	}
}

func TestFormat(t *testing.T) {
	p := parse(t, "script-src 'nonce' 'strict-dynamic' 'report-sha256'; img-src 'self' data:; upgrade-insecure-requests; base-uri 'none'")
	for format, want := range map[string]string{
		"header": "script-src 'nonce' 'strict-dynamic' 'report-sha256'; img-src 'self' data:; base-uri 'none'; upgrade-insecure-requests",
		"toml":   `csp = "script-src 'nonce' 'strict-dynamic' 'report-sha256'; img-src 'self' data:; base-uri 'none'; upgrade-insecure-requests"`,
		"go": `csp.Policy{
	csp.ScriptSrc:               {csp.NonceSource, csp.StrictDynamic, csp.ReportSHA256},
	csp.ImgSrc:                  {csp.Self, "data:"},
	csp.BaseURI:                 {csp.None},
	csp.UpgradeInsecureRequests: {},
}`,
	} {
		if got, err := p.Format(format); err != nil || got != want {
			t.Errorf("%s: %s, %v", format, got, err)
		}
	}
	if _, err := p.Format("yaml"); err == nil {
		t.Error("yaml")
	}
	if got, _ := (csp.Policy{}).Format("go"); got != "csp.Policy{}" {
		t.Error(got)
	}
}

// Every directive and keyword has a constant of the name that Format writes.
func TestFormatNamesConstants(t *testing.T) {
	var source []byte
	for _, file := range []string{"directives.go", "source.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, text...)
	}
	p := csp.Policy{}
	for _, m := range regexp.MustCompile(`(?m)^\t(\w+) +Directive += "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1) {
		p[csp.Directive(m[2])] = []csp.Source{}
		if got, _ := (csp.Policy{csp.Directive(m[2]): {}}).Format("go"); !strings.Contains(got, "csp."+m[1]+":") {
			t.Errorf("%s is written %s", m[1], got)
		}
	}
	sources := 0
	for _, m := range regexp.MustCompile(`(?m)^\t(\w+) +Source += "('[a-z0-9-]+')"`).FindAllStringSubmatch(string(source), -1) {
		sources++
		if got, _ := (csp.Policy{csp.ScriptSrc: {csp.Source(m[2])}}).Format("go"); !strings.Contains(got, "{csp."+m[1]+"}") {
			t.Errorf("%s is written %s", m[1], got)
		}
	}
	if len(p) != 32 || sources != 17 {
		t.Errorf("%d directives, %d sources", len(p), sources)
	}
	text, _ := p.Format("go")
	if _, err := parser.ParseExpr(text); err != nil {
		t.Error(err)
	}
}

// From a violation to the policy that allows it.
func ExampleSuggest() {
	reports := []csp.Report{{
		Kind: csp.KindViolation, Directive: "img-src", Blocked: "https://tiles.example.com", Route: "/map", Count: 214, Browsers: []string{"Chrome 142", "Firefox 140"},
	}}
	policy := csp.Basic()
	suggestions := csp.Suggest(reports, policy)
	for _, s := range suggestions {
		fmt.Println(s.Explain)
		fmt.Printf("add %s to %s: %s\n", s.Add, s.Directive, s.Advice)
		fmt.Printf("risk %s: %s\n", s.Risk, s.RiskText)
	}
	text, _ := csp.Apply(policy, suggestions).Format("toml")
	fmt.Println(text)
	// Output:
	// img-src would block https://tiles.example.com: 214 times, on /map, by Chrome 142, Firefox 140
	// add https://tiles.example.com to img-src: allow this host if the page is meant to use it
	// risk low: the address of what is loaded can carry data there
	// csp = "default-src 'self'; img-src 'self' data: https://tiles.example.com; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}
