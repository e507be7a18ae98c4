package live_test

import (
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check/live"
)

var (
	observatory = flag.String("observatory", "", "compare with the npm package installed in this folder (bench/observatory/compare does it)")
	chance      = flag.Int("chance", 0, "with -observatory, how many further servers are put together by chance")
	seed        = flag.Uint64("seed", 1, "which ones -chance makes")
	record      = flag.Bool("record", false, "with -observatory, write what the package says to testdata")
)

// recorded is what each version of the rules said: of algorithm 4 the npm
// package 1.4.8, of algorithm 6 the source of August 2026.
var recorded = map[int]string{4: "testdata/observatory.json", 6: "testdata/observatory-6.json"}

// An expectation is what @mdn/mdn-http-observatory said about a server of this
// test: result keys by test, and the score. They are facts, kept so that the
// test needs neither Node nor the network.
type expectation struct {
	Score int               `json:"score"`
	Grade string            `json:"grade"`
	Keys  map[string]string `json:"keys"`
	Error string            `json:"error,omitempty"`
}

// A served is one server of the comparison.
type served struct {
	name    string
	header  [][2]string // of every answer over https, after the usual ones
	without []string    // of the usual ones
	bare    bool        // none of the usual ones
	body    string
	status  int
	plain   string // "": redirects to https; none, serve, twice, foreign, foreign-https, stay
	options [][2]string
	noTLS   bool
	badCert bool
	away    string // Location
	written bool   // names of header are written as they stand
	// redirects leads from "http /a" to "301 https /b"; what does not begin
	// with http after the status is the Location as it stands.
	redirects map[string]string
}

// usual are the headers that a server has unless it says otherwise.
var usual = [][2]string{
	{"Strict-Transport-Security", "max-age=31536000; includeSubDomains"}, {"X-Content-Type-Options", "nosniff"}, {"X-Frame-Options", "DENY"},
	{"Content-Security-Policy", "default-src 'none'; style-src 'self'"}, {"Referrer-Policy", "same-origin"}, {"Content-Type", "text/html; charset=utf-8"},
}

func (s *served) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Date"] = nil
	for _, u := range usual {
		if !s.bare && !slices.Contains(s.without, u[0]) {
			h.Add(u[0], u[1])
		}
	}
	for _, v := range s.header {
		if s.written {
			h[v[0]] = append(h[v[0]], v[1])
			continue
		}
		h.Add(v[0], v[1])
	}
	if s.away != "" {
		h.Set("Location", s.away)
	}
	if r.Method == http.MethodOptions {
		for _, v := range s.options {
			h.Set(v[0], strings.ReplaceAll(v[1], "$origin", r.Header.Get("Origin")))
		}
	}
	w.WriteHeader(max(s.status, 200))
	_, _ = io.WriteString(w, s.body)
}

// redirected answers with the redirect that the path has, if it has one; base
// are the origins of the server by scheme.
func (s *served) redirected(w http.ResponseWriter, r *http.Request, scheme string, base map[string]string) bool {
	step, ok := s.redirects[scheme+" "+r.URL.Path]
	if !ok {
		return false
	}
	code, to, _ := strings.Cut(step, " ")
	if scheme, path, ok := strings.Cut(to, " "); ok {
		to = base[scheme] + path
	}
	status, _ := strconv.Atoi(code)
	answer := *s
	answer.status, answer.away = status, to
	answer.serve(w, r)
	return true
}

// another is the server of the first case, to which others redirect; its port
// is set before they start.
const another = "127.9.0.1"

// origins are those of a server, as people write them.
func origins(host, https, plain string) map[string]string {
	return map[string]string{
		"https": "https://" + strings.TrimSuffix(net.JoinHostPort(host, https), ":443"), "http": "http://" + strings.TrimSuffix(net.JoinHostPort(host, plain), ":80"),
	}
}

func (s *served) servePlain(base map[string]string, first string) http.HandlerFunc {
	secure := base["https"]
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.redirected(w, r, "http", base):
		case s.plain == "serve" || s.noTLS:
			s.serve(w, r)
		case s.plain == "twice" && r.URL.Path != "/second":
			http.Redirect(w, r, "/second", http.StatusFound)
		case s.plain == "stay" && r.URL.Path != "/second":
			http.Redirect(w, r, "/second", http.StatusFound)
		case s.plain == "stay":
			s.serve(w, r)
		case s.plain == "foreign":
			http.Redirect(w, r, "https://"+net.JoinHostPort(another, first)+"/", http.StatusMovedPermanently)
		case s.plain == "temporary":
			http.Redirect(w, r, secure+r.URL.Path, http.StatusTemporaryRedirect)
		default:
			http.Redirect(w, r, secure+r.URL.Path, http.StatusMovedPermanently)
		}
	}
}

// startServed serves on the address, on the usual ports if usual is set.
func startServed(t *testing.T, ca *authority, host, first string, s *served, usual bool) (https, plain string) {
	t.Helper()
	open := func(port string) (net.Listener, string) {
		if !usual {
			port = "0"
		}
		l, err := net.Listen("tcp", net.JoinHostPort(host, port))
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ = net.SplitHostPort(l.Addr().String())
		return l, port
	}
	signer := ca
	if s.badCert {
		signer = newAuthority(t)
	}
	l, https := open("443")
	p, plain := open("80")
	base := origins(host, https, plain)
	if s.noTLS {
		l.Close()
	} else {
		serve(t, l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !s.redirected(w, r, "https", base) {
				s.serve(w, r)
			}
		}), &tls.Config{Certificates: []tls.Certificate{signer.issueIP(t, host)}})
	}
	if first == "" {
		first = https
	}
	if s.plain == "none" {
		p.Close()
	} else {
		serve(t, p, s.servePlain(base, first), nil)
	}
	return https, plain
}

func expected(o live.Observatory) expectation {
	if o.Note != "" {
		return expectation{Error: "refused"}
	}
	e := expectation{Score: o.Score, Grade: o.Grade.String(), Keys: map[string]string{}}
	for _, test := range o.Tests {
		e.Keys[test.Name] = test.Result
	}
	return e
}

// TestObservatoryAgrees serves every case and compares with what the
// Observatory said about the same server, by both versions of its rules.
func TestObservatoryAgrees(t *testing.T) {
	servers := slices.Concat(servers, moreServers, byChance(*chance, *seed))
	if len(servers) < 60 {
		t.Fatalf("%d servers, want at least 60", len(servers))
	}
	ca := newAuthority(t)
	var hosts []string
	got := map[int][]expectation{}
	first := ""
	for i := range servers {
		s := &servers[i]
		host := fmt.Sprintf("127.9.%d.%d", i/200, i%200+1)
		https, plain := startServed(t, ca, host, first, s, *observatory != "")
		if i == 0 {
			first = https
		}
		config := live.Config{AllowPrivate: true, Pause: -1, RequestTimeout: 20 * time.Second, Roots: ca.pool(), SkipTLS: true, SkipFiles: true}
		config.HTTPPort, _ = strconv.Atoi(plain)
		url := "https://" + net.JoinHostPort(host, https)
		both, err := live.Observatories(t.Context(), url, config)
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		hosts = append(hosts, host)
		for version := range recorded {
			got[version] = append(got[version], expected(both[version]))
		}
		if i%40 > 0 {
			continue
		}
		r, err := live.Scan(t.Context(), url, config) // which asks much more, and shows the same
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if diff := cmp.Diff(both[6], r.Observatory); diff != "" {
			t.Errorf("%s: the scan shows another score:\n%s", s.name, diff)
		}
	}
	if *observatory != "" {
		list, version := askPackage(t, ca, hosts)
		want := map[string]expectation{}
		for i, e := range list {
			want[servers[i].name] = e
		}
		compareServed(t, version, servers, got[version], want)
		if *record && !t.Failed() {
			writeRecorded(t, recorded[version], want)
		}
		return
	}
	for version := range recorded {
		compareServed(t, version, servers, got[version], readRecorded(t, recorded[version]))
	}
}

// compareServed compares what is shown with what the Observatory said.
func compareServed(t *testing.T, version int, servers []served, got []expectation, want map[string]expectation) {
	t.Helper()
	agree, differ := 0, 0
	for i := range servers {
		name := servers[i].name
		w, ok := want[name]
		if !ok {
			t.Errorf("algorithm %d: %s: not recorded: run bench/observatory/compare -record", version, name)
			continue
		}
		diff := cmp.Diff(w, got[i])
		if reason := differs[name]; reason != "" {
			if differ++; diff == "" {
				t.Errorf("algorithm %d: %s: listed as different and is not", version, name)
			}
			continue
		}
		if diff != "" {
			t.Errorf("algorithm %d: %s: %+v (-package +ours):\n%s", version, name, servers[i], diff)
			continue
		}
		agree++
	}
	t.Logf("algorithm %d: %d of %d servers have the same keys and score, %d differ with a reason", version, agree, len(servers), differ)
}

// readRecorded reads what was written; what is left out is as for the usual
// server.
func readRecorded(t *testing.T, file string) map[string]expectation {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]expectation{}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for _, e := range want {
		for test, key := range want[servers[0].name].Keys {
			if _, ok := e.Keys[test]; !ok && e.Error == "" {
				e.Keys[test] = key
			}
		}
	}
	return want
}

// writeRecorded writes one line for each server, so that a change reads well,
// with the keys that are not those of the usual server.
func writeRecorded(t *testing.T, file string, want map[string]expectation) {
	t.Helper()
	var b strings.Builder
	for i, name := range slices.Sorted(maps.Keys(want)) {
		e := want[name]
		if name != servers[0].name && e.Error == "" {
			usual := want[servers[0].name].Keys
			e.Keys = maps.Clone(e.Keys)
			maps.DeleteFunc(e.Keys, func(test, key string) bool { return usual[test] == key })
		}
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s%q: %s", map[bool]string{true: "{\n", false: ",\n"}[i == 0], name, line)
	}
	b.WriteString("\n}\n")
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// askPackage runs the Observatory on the hosts, in one process, and returns the
// version of its rules too. Since 1.5 it is asked for a site and not for a name.
func askPackage(t *testing.T, ca *authority, hosts []string) (list []expectation, version int) {
	t.Helper()
	const script = `const root = "./node_modules/@mdn/mdn-http-observatory/src/";
const { scan } = await import(root + "scanner/index.js");
const { Site } = await import(root + "site.js").catch(() => ({}));
let version = 0;
for (const host of process.argv.slice(2)) {
  try {
    const r = await scan(Site ? Site.fromSiteString(host) : host), keys = {};
    for (const [name, test] of Object.entries(r.tests)) keys[name] = test.result;
    version = r.scan.algorithmVersion;
    console.log(JSON.stringify({ score: r.scan.score, grade: r.scan.grade, keys }));
  } catch (e) { console.log(JSON.stringify({ error: "refused" })); }
}
console.log(version);
process.exit(0);
`
	dir := *observatory
	file := filepath.Join(dir, "compare.mjs")
	pemFile := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(pemFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", append([]string{file}, hosts...)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "NODE_EXTRA_CA_CERTS="+pemFile)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, line := range lines[:len(lines)-1] {
		var e expectation
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("node said %q", line)
		}
		list = append(list, e)
	}
	if version, err = strconv.Atoi(lines[len(lines)-1]); err != nil || recorded[version] == "" || len(list) != len(hosts) {
		t.Fatalf("algorithm %q judged %d of %d servers", lines[len(lines)-1], len(list), len(hosts))
	}
	return list, version
}
