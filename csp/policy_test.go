package csp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/csp"
)

// Table C of django-csp, column Target: how a policy becomes a header.
func TestTableCPolicies(t *testing.T) {
	for _, c := range []struct {
		row    string
		policy csp.Policy
		want   string
	}{
		{"C03 directive left out", csp.Policy{}, ""},
		{"C04", csp.Policy{csp.DefaultSrc: {csp.None}}, "default-src 'none'"},
		{"C05", csp.Policy{csp.DefaultSrc: {csp.Self}, csp.ImgSrc: {csp.Self, "data:", "cdn.example.com"}}, "default-src 'self'; img-src 'self' data: cdn.example.com"},
		{"C06", parse(t, "img-src 'self' example.com"), "img-src 'self' example.com"},
		{"C08 duplicates", csp.Policy{csp.ImgSrc: {"a.com", "b.com", "a.com"}}, "img-src a.com b.com"},
		{"C10 bare", csp.Policy{csp.UpgradeInsecureRequests: {}}, "upgrade-insecure-requests"},
		{"C11 list", csp.Policy{csp.Sandbox: {"allow-forms", "allow-scripts"}}, "sandbox allow-forms allow-scripts"},
		{"C11 bare", csp.Policy{csp.Sandbox: {}}, "sandbox"},
		{"C12 report-uri is last", csp.Policy{csp.ReportURI: {"/r", "/s"}, csp.DefaultSrc: {csp.Self}}, "default-src 'self'; report-uri /r /s"},
		{"C18 known", csp.Policy{csp.FencedFrameSrc: {"https:"}}, "fenced-frame-src https:"},
		{"C19 capitals", csp.Policy{"Default-Src": {csp.None}}, "default-src 'none'"},
		{"C23 update", csp.Policy{csp.ImgSrc: {"a.com"}}.Update(csp.Policy{csp.ImgSrc: {"b.com"}}), "img-src a.com b.com"},
		{"C23 update of nothing", csp.Policy{}.Update(csp.Policy{csp.ImgSrc: {"b.com"}}), "img-src b.com"},
		{"C23 update with nothing", csp.Policy{csp.ImgSrc: {"a.com"}}.Update(csp.Policy{csp.ImgSrc: nil}), "img-src a.com"},
		{"C24 update of 'none'", csp.Policy{csp.ImgSrc: {csp.None}}.Update(csp.Policy{csp.ImgSrc: {"b.com"}}), "img-src b.com"},
		{"C29 replace, update", csp.Policy{csp.ImgSrc: {"a.com"}}.Replace(csp.Policy{csp.ImgSrc: {"r.com"}}).Update(csp.Policy{csp.ImgSrc: {"u.com"}}), "img-src r.com u.com"},
		{"replace removes", csp.Policy{csp.ImgSrc: {"a.com"}, csp.FontSrc: {csp.Self}}.Replace(csp.Policy{csp.ImgSrc: nil}), "font-src 'self'"},
		{"C35 trusted types", csp.Policy{csp.RequireTrustedTypesFor: {csp.Script}, csp.TrustedTypes: {"default", csp.AllowDuplicates}}, "require-trusted-types-for 'script'; trusted-types default 'allow-duplicates'"},
		{"empty source list", csp.Policy{csp.ObjectSrc: {}}, "object-src 'none'"},
		{"bare update", csp.Policy{}.Update(csp.Policy{csp.UpgradeInsecureRequests: {}}), "upgrade-insecure-requests"},
	} {
		if c.want == "" {
			if got := c.policy.String(); got != "" {
				t.Errorf("%s: %q", c.row, got)
			}
			continue
		}
		if got := header(t, csp.Config{Policy: c.policy}, "/"); got != c.want {
			t.Errorf("%s: %q, want %q", c.row, got, c.want)
		}
	}
}

func parse(t testing.TB, text string) csp.Policy {
	t.Helper()
	p, err := csp.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What a browser would silently ignore, or take for something else, is an error.
func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"scrpt-src 'self'":                   `unknown directive "scrpt-src"; did you mean script-src?`,
		"made-up x":                          `unknown directive "made-up"`,
		"img-src 'slef'":                     `unknown keyword 'slef'; did you mean 'self'?`,
		"img-src 'completely-unknown'":       `unknown keyword 'completely-unknown'`,
		"img-src self":                       `"self" needs quotes: 'self'`,
		"script-src unsafe-inline":           `needs quotes: 'unsafe-inline'`,
		"script-src nonce-abc":               `needs quotes: 'nonce-abc'`,
		"script-src 'nonce-abc'":             "fixed nonce",
		"script-src 'sha256-abc'":            "not the base64 of 32 bytes",
		"script-src 'sha512-" + b64 + "'":    "not the base64 of 64 bytes",
		"script-src 'sha1-abc'":              "unknown keyword",
		"img-src a.com,b.com":                "contains ','",
		"img-src 'none' a.com":               "'none' stands beside other sources",
		"frame-ancestors 'unsafe-inline'":    "means nothing here",
		"base-uri 'slef'":                    "did you mean 'self'",
		"img-src a.com; img-src b.com":       "given twice",
		"img-src a..com":                     "no valid host",
		"img-src *.*.com":                    "no valid host",
		"img-src a*.com":                     "no valid host",
		"img-src [::1]":                      "no valid",
		"img-src user@a.com":                 "no valid host",
		"img-src a.com:port":                 "no valid port",
		"img-src a.com/x?y=1":                "query or fragment",
		"img-src //a.com":                    "no valid host",
		"img-src 1http://a.com":              "no valid scheme",
		"img-src http://":                    "no valid host",
		"img-src é.com":                      "not ASCII",
		"img-src a.com\x00":                  "control character",
		"img-src a.com\vb.com":               "white space",
		"img-src " + strings.Repeat("a", 64): "no valid host",
		"sandbox allow-script":               `did you mean allow-scripts?`,
		"upgrade-insecure-requests 1":        "takes no value",
		"report-to a b":                      "takes one value",
		"report-to":                          "takes one value",
		"report-to a\"b":                     "no valid name",
		"report-uri":                         "needs a value",
		"report-uri 'self'":                  "no URL or path",
		"require-trusted-types-for script":   "did you mean 'script'?",
		"trusted-types a<b":                  "no valid name",
		"webrtc allow":                       "did you mean 'allow'?",
		"plugin-types pdf":                   "no media type",
		strings.Repeat("x", 17000):           "17000 bytes",
	} {
		if _, err := csp.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		}
	}
	_, err := csp.Parse("scrpt-src x; img-src 'slef' self; object-src a b c,d")
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("not every fault is told: %v", err)
	}
}

const b64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

func TestParseAccepts(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "",
		" ; ;":                                "",
		"SCRIPT-SRC 'SELF' 'Nonce'":           "script-src 'self' 'nonce'",
		"script-src 'SHA256-" + b64 + "'":     "script-src 'sha256-" + b64 + "'",
		"img-src\thttps:\n data:\f*":          "img-src https: data: *",
		"img-src https://*.a.com:*/x/y%3B":    "img-src https://*.a.com:*/x/y%3B",
		"img-src wss://a_b.example.:8443":     "img-src wss://a_b.example.:8443",
		"img-src 127.0.0.1:8000 localhost":    "img-src 127.0.0.1:8000 localhost",
		"object-src":                          "object-src 'none'",
		"img-src a.com;default-src 'self'":    "default-src 'self'; img-src a.com",
		"frame-ancestors 'self' https:":       "frame-ancestors 'self' https:",
		"trusted-types *":                     "trusted-types *",
		"trusted-types":                       "trusted-types",
		"webrtc 'block'":                      "webrtc 'block'",
		"plugin-types application/pdf":        "plugin-types application/pdf",
		"block-all-mixed-content":             "block-all-mixed-content",
		"require-sri-for script style":        "require-sri-for script style",
		"report-uri https://r.example/x?y=1":  "report-uri https://r.example/x?y=1",
		"script-src 'wasm-unsafe-eval' x.com": "script-src 'wasm-unsafe-eval' x.com",
		"script-src 'report-sample' 'inline-speculation-rules' 'trusted-types-eval'": "script-src 'report-sample' 'inline-speculation-rules' 'trusted-types-eval'",
		" Basic ": csp.Basic().String(),
		"api":     csp.API().String(),
	} {
		p, err := csp.Parse(text)
		if err != nil || p.String() != want {
			t.Errorf("%q: %q, %v, want %q", text, p, err, want)
		}
		again, err := csp.Parse(p.String())
		if err != nil || !cmp.Equal(again, p) {
			t.Errorf("%q is not stable: %q, %v", text, again, err)
		}
	}
}

// The order does not depend on map order or on how the policy was written.
func TestCanonicalOrder(t *testing.T) {
	directives := []string{
		"default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem", "style-src-attr",
		"img-src", "font-src", "connect-src", "media-src", "object-src", "frame-src", "child-src", "fenced-frame-src",
		"worker-src", "manifest-src", "prefetch-src", "base-uri", "form-action", "frame-ancestors", "navigate-to",
	}
	p := csp.Policy{}
	for _, d := range directives {
		p[csp.Directive(d)] = []csp.Source{csp.Self}
	}
	want := strings.Join(directives, " 'self'; ") + " 'self'"
	for range 20 {
		if got := p.String(); got != want {
			t.Fatalf("%s\nwant %s", got, want)
		}
	}
}

func TestNilListIsAnError(t *testing.T) {
	var none []csp.Source
	err := csp.Policy{csp.ImgSrc: none}.Validate()
	if err == nil || !strings.Contains(err.Error(), "img-src has a nil list") {
		t.Error(err)
	}
	if err := (csp.Policy{"IMG-SRC": {csp.Self}, "img-src": {csp.Self}}).Validate(); err == nil {
		t.Error("one directive in two spellings")
	}
	if err := (csp.Policy{csp.ImgSrc: {"'self' a.com"}}).Validate(); err == nil {
		t.Error("two sources in one value")
	}
	if err := (csp.Policy{csp.ImgSrc: {""}}).Validate(); err == nil {
		t.Error("an empty source")
	}
}

// A value with a semicolon adds a directive of the attacker's choice, and one
// with a line break a header (django-csp passes the first through).
func TestAttackDirectiveInjection(t *testing.T) {
	for _, value := range []csp.Source{"a.com; script-src *", "a.com;script-src", "a.com,default-src", "a.com\nX: y", "a.com\r", "'self' 'unsafe-inline'"} {
		for _, d := range []csp.Directive{csp.ImgSrc, csp.ReportURI, csp.Sandbox, csp.TrustedTypes, csp.ReportTo, csp.FrameAncestors} {
			policy := csp.Policy{d: {value}}
			if _, err := csp.New(csp.Config{Policy: policy}); err == nil { // C26, C36
				t.Errorf("%q in %s is accepted", value, d)
			}
			if _, err := csp.New(csp.Config{Routes: []csp.Route{{Pattern: "/", Changes: []csp.Change{csp.Update(policy)}}}}); err == nil {
				t.Errorf("%q in an update of %s is accepted", value, d)
			}
			if _, err := csp.Wrap(nil, csp.Replace(policy)); err == nil {
				t.Errorf("%q in a wrapper for %s is accepted", value, d)
			}
		}
	}
}

// The methods of a policy leave it alone (django-csp's sampling changes the
// dictionary given to a decorator).
func TestPolicyMethodsCopy(t *testing.T) {
	p := csp.Policy{csp.ImgSrc: make([]csp.Source, 1, 8)}
	p[csp.ImgSrc][0] = "a.com"
	more := csp.Policy{csp.ImgSrc: {"b.com"}, csp.FontSrc: {"c.com"}}
	u, r, c := p.Update(more), p.Replace(more), p.Clone()
	u[csp.ImgSrc][0], r[csp.ImgSrc][0], c[csp.ImgSrc][0] = "x.com", "x.com", "x.com"
	if p.String() != "img-src a.com" || more.String() != "img-src b.com; font-src c.com" {
		t.Errorf("%s and %s", p, more)
	}
	if csp.Policy(nil).Clone() != nil {
		t.Error("clone of nil")
	}
}

func TestHash(t *testing.T) {
	// The vector of CSP 2: alert('Hello, world.');
	if got := csp.Hash("alert('Hello, world.');"); got != "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='" {
		t.Error(got)
	}
	if p := csp.StrictHash(csp.Hash("x")); p.Validate() != nil || p.UsesNonce() {
		t.Error(p, p.Validate())
	}
}

func TestPresets(t *testing.T) {
	for name, uses := range map[string]bool{"strict": true, "strict-hash": false, "basic": false, "api": false} {
		p, ok := csp.Preset(name)
		if !ok || p.Validate() != nil || p.UsesNonce() != uses {
			t.Errorf("%s: %v %v", name, p.Validate(), p)
		}
	}
	if _, ok := csp.Preset("lax"); ok {
		t.Error("unknown preset")
	}
	strict := csp.Strict()
	for d, want := range map[csp.Directive]string{csp.ObjectSrc: "['none']", csp.BaseURI: "['none']", csp.FrameAncestors: "['none']", csp.ScriptSrc: "['nonce' 'strict-dynamic']"} {
		if got := fmt.Sprint(strict[d]); got != want {
			t.Errorf("%s %s", d, got)
		}
	}
}

// Any text is either refused or stands for the same policy when written again,
// and cannot break out of its header.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		csp.Strict().String(), csp.Basic().String(), "strict", "img-src a.com; script-src *", "img-src 'sha256-" + b64 + "'", "sandbox; report-uri /x?y",
		"trusted-types a 'allow-duplicates'", "img-src a,b", "IMG-SRC \x0b", "img-src 'none' 'none'", "report-to default; report-uri /r", "script-src 'nonce' 'unsafe-inline'",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		csp.ParseHeader(text)
		p, err := csp.Parse(text)
		if err != nil {
			return
		}
		out := p.String()
		if strings.ContainsAny(out, ",\r\n\x00") || strings.Count(out, ";") >= len(p)+1 {
			t.Fatalf("%q became %q", text, out)
		}
		again, err := csp.Parse(out)
		if err != nil || !cmp.Equal(again, p) {
			t.Fatalf("%q became %q became %q, %v", text, out, again, err)
		}
	})
}
