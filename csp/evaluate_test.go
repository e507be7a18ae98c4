package csp_test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/csp"
)

// judged is a policy with the findings of high severity of csp_evaluator.
type judged struct {
	Policy string   `json:"policy"`
	High   []string `json:"high"`
}

// theirNames are csp_evaluator's names for our findings.
var theirNames = map[string]string{
	"script-unsafe-inline": "SCRIPT_UNSAFE_INLINE", "plain-scheme": "PLAIN_URL_SCHEMES", "wildcard": "PLAIN_WILDCARD",
	"script-host-bypass": "SCRIPT_ALLOWLIST_BYPASS", "missing-script-src": "MISSING_DIRECTIVES",
	"missing-object-src": "MISSING_DIRECTIVES", "missing-base-uri": "MISSING_DIRECTIVES",
}

// differences are the policies where our findings of high severity are not
// csp_evaluator's, with ours and the reason.
var differences = map[string]struct {
	high   []string
	reason string
}{
	"script-src https://unpkg.com; object-src 'none'": {
		[]string{"SCRIPT_ALLOWLIST_BYPASS script-src https://unpkg.com"}, "it serves every version of every npm package, AngularJS among them",
	},
}

// Our findings of high severity are those of csp_evaluator 1.1.8, recorded in
// testdata, on 64 policies.
func TestEvaluateAgreesWithGoogles(t *testing.T) {
	file, err := os.Open("testdata/csp_evaluator.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	n := 0
	for lines := bufio.NewScanner(file); lines.Scan(); n++ {
		var j judged
		if err := json.Unmarshal(lines.Bytes(), &j); err != nil {
			t.Fatal(err)
		}
		want := j.High
		if d, ok := differences[j.Policy]; ok {
			want = d.high
		}
		got := []string{}
		for _, policy := range csp.ParseHeader(j.Policy) {
			for _, f := range csp.Evaluate(policy) {
				if f.Severity == csp.High {
					got = append(got, strings.TrimSpace(theirNames[f.ID]+" "+string(f.Directive)+" "+string(f.Source)))
				}
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n%s", j.Policy, diff)
		}
	}
	if n < 40 {
		t.Errorf("only %d policies", n)
	}
}

// The presets have no finding of medium or high severity, ours and theirs.
func TestPresetsAreGood(t *testing.T) {
	policies := map[string]csp.Policy{
		"strict": csp.Strict(), "strict-hash": csp.StrictHash(csp.Hash("x")), "strict-hash without blocks": csp.StrictHash(), "api": csp.API(), "basic": csp.Basic(),
	}
	for name, p := range policies {
		for _, f := range csp.Evaluate(p) {
			if f.Severity >= csp.Medium && !(name == "basic" && f.ID == "script-self") {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}

// With MERLON_CSP_EVALUATOR naming a folder in which csp_evaluator was
// installed by npm, the recorded findings and the presets are judged anew.
func TestRecordedFindingsAreGoogles(t *testing.T) {
	folder := os.Getenv("MERLON_CSP_EVALUATOR")
	if folder == "" {
		t.Skip("MERLON_CSP_EVALUATOR is not set")
	}
	recorded, err := os.ReadFile("testdata/csp_evaluator.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("testdata/csp_evaluator.mjs")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "run.mjs"), script, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(folder, "node_modules"), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	var input strings.Builder
	for line := range strings.Lines(string(recorded)) {
		var j judged
		if err := json.Unmarshal([]byte(line), &j); err != nil {
			t.Fatal(err)
		}
		input.WriteString(j.Policy + "\n")
	}
	presets := 0
	for _, p := range []csp.Policy{csp.Strict(), csp.StrictHash(csp.Hash("x")), csp.StrictHash(), csp.API(), csp.Basic()} {
		input.WriteString(strings.ReplaceAll(p.String(), "'nonce'", "'nonce-OyI1gmq5tV4ggCqWi6DVHg'") + "\n")
		presets++
	}
	command := exec.Command("node", "run.mjs")
	command.Dir = dir
	command.Stdin = strings.NewReader(input.String())
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(strings.Lines(string(out)))
	before := slices.Collect(strings.Lines(string(recorded)))
	if len(lines) != len(before)+presets {
		t.Fatalf("%d lines", len(lines))
	}
	for i, line := range lines {
		var got, want judged
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		if i < len(before) {
			json.Unmarshal([]byte(before[i]), &want)
		} else {
			want = judged{got.Policy, []string{}}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// What is found beside the high severities, by id.
func TestEvaluateFindings(t *testing.T) {
	const strict = "script-src 'nonce-R4nd0mR4nd0mR4nd0mR4nd0m' 'strict-dynamic'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; report-uri /r"
	for policy, want := range map[string]string{
		strict: "",
		strings.Replace(strict, "report-uri /r", "", 1):                                                                                  "info no-reporting",
		strings.Replace(strict, "frame-ancestors 'none'", "", 1):                                                                         "low missing-frame-ancestors",
		strings.Replace(strict, "form-action 'self'", "", 1):                                                                             "low missing-form-action",
		strings.Replace(strict, "require-trusted-types-for 'script'", "", 1):                                                             "info missing-trusted-types",
		strict + "; block-all-mixed-content; plugin-types a/b":                                                                           "info deprecated-directive, info deprecated-directive",
		strict + "; scrpt-src x":                                                                                                         "medium unknown-directive",
		strict + "; img-src http://a.example 192.0.2.1 'unsafe-eval'":                                                                    "medium http-source, info ip-source, info useless-source",
		strict + "; img-src 'self' object-src 'none'":                                                                                    "medium none-ignored, medium missing-semicolon",
		strict + "; img-src self 'slef'":                                                                                                 "medium invalid-source, medium invalid-source",
		strict + "; style-src 'unsafe-inline'":                                                                                           "low style-unsafe-inline",
		strict + "; style-src 'unsafe-inline' 'nonce-R4nd0mR4nd0mR4nd0mR4nd0m'":                                                          "",
		strings.Replace(strict, "'strict-dynamic'", "", 1):                                                                               "info no-strict-dynamic",
		strings.Replace(strict, "'strict-dynamic'", "cdn.example.com", 1):                                                                "medium script-host, low no-strict-dynamic",
		strings.Replace(strict, "'strict-dynamic'", "'self' 'unsafe-hashes' 'unsafe-eval'", 1):                                           "medium script-self, medium script-unsafe-hashes, medium script-unsafe-eval, low no-strict-dynamic",
		strings.Replace(strict, "R4nd0mR4nd0mR4nd0mR4nd0m", "abc", 1):                                                                    "medium nonce-short",
		strings.Replace(strict, "R4nd0mR4nd0mR4nd0mR4nd0m", "R4nd0mR4nd0m", 1):                                                           "low nonce-short",
		strings.Replace(strict, "R4nd0mR4nd0mR4nd0mR4nd0m", "!!!!", 1):                                                                   "medium nonce-charset",
		strings.Replace(strict, "'nonce-R4nd0mR4nd0mR4nd0mR4nd0m'", "", 1):                                                               "medium strict-dynamic-alone",
		strings.Replace(strict, "object-src 'none'", "object-src 'self'", 1):                                                             "medium object-host",
		strings.Replace(strict, "base-uri 'none'", "base-uri a.example", 1):                                                              "medium base-uri-host",
		strings.Replace(strict, "'strict-dynamic'", "https://unpkg.com/htmx.org@2.0.0/dist/htmx.min.js", 1):                              "medium script-host-bypass, low no-strict-dynamic",
		strings.Replace(strict, "'strict-dynamic'", "*.cloudfront.net", 1):                                                               "high script-host-bypass, low no-strict-dynamic",
		strings.Replace(strict, "'strict-dynamic'", "d1f69o4buvlrj5.cloudfront.net", 1):                                                  "medium script-host, low no-strict-dynamic",
		strings.Replace(strict, "'strict-dynamic'", "blob:", 1):                                                                          "medium plain-scheme, low no-strict-dynamic",
		strings.Replace(strict, "'nonce-R4nd0mR4nd0mR4nd0mR4nd0m'", "'nonce-R4nd0mR4nd0mR4nd0mR4nd0m' 'self' https: 'unsafe-inline'", 1): "",
	} {
		var got []string
		for _, f := range csp.Evaluate(csp.ParseHeader(policy)[0]) {
			got = append(got, f.Severity.String()+" "+f.ID)
			if f.Message == "" || f.Fix == "" || f.Directive == "" {
				t.Errorf("%+v", f)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s\n got %s\nwant %s", policy, strings.Join(got, ", "), want)
		}
	}
}

func TestParseHeader(t *testing.T) {
	got := csp.ParseHeader("Default-SRC 'SELF'; default-src *, img-src a.com;;", "made-up x; script-src 'nonce-AbC'")
	var texts []string
	for _, p := range got {
		texts = append(texts, p.String())
	}
	if diff := cmp.Diff([]string{"default-src 'self'", "img-src a.com", "script-src 'nonce-AbC'; made-up x"}, texts); diff != "" {
		t.Error(diff)
	}
	if csp.ParseHeader("", " ; , ") != nil || csp.ParseHeader() != nil {
		t.Error("an empty header has policies")
	}
	if n := len(csp.ParseHeader(strings.Repeat("a,", 1<<20))); n > 64<<10 {
		t.Errorf("%d policies", n)
	}
}

func FuzzParseHeader(f *testing.F) {
	f.Add("default-src 'self'; script-src 'nonce-x' https: *, img-src http://[::1]:80/x?y#z")
	f.Add("script-src *.cloudfront.net ://: : * 'sha256- 'nonce- '' '")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range csp.ParseHeader(text) {
			for _, finding := range csp.Evaluate(p) {
				if finding.Message == "" || finding.ID == "" || finding.Severity.String() == "" {
					t.Fatalf("%+v", finding)
				}
			}
		}
	})
}

// What commands print for programs.
func TestJSON(t *testing.T) {
	for want, value := range map[string]any{
		`{"id":"wildcard","severity":"high","directive":"script-src","source":"*","message":"m","fix":"f"}`: csp.Finding{ID: "wildcard", Severity: csp.High, Directive: csp.ScriptSrc, Source: "*", Message: "m", Fix: "f"},
		`{"kind":"crash","enforced":true,"directive":"oom","route":"/","count":1,"first":"2026-11-22T12:00:00Z","last":"2026-11-22T12:00:00Z"}`: csp.Report{
			Kind: csp.KindCrash, Enforced: true, Directive: "oom", Route: "/", Count: 1, First: noon, Last: noon},
		`{"directive":"img-src","add":"a.com","explain":"e","advice":"a","risk":"low","risk_text":"r","count":2,"routes":["/"]}`: csp.Suggestion{
			Directive: csp.ImgSrc, Add: "a.com", Explain: "e", Advice: "a", Risk: csp.Low, RiskText: "r", Count: 2, Routes: []string{"/"}},
	} {
		got, err := json.Marshal(value)
		if err != nil || string(got) != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}
