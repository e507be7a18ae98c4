package csp_test

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/internal/request"
)

type nothing struct{ header http.Header }

func (n nothing) Header() http.Header       { return n.header }
func (nothing) Write(b []byte) (int, error) { return len(b), nil }
func (nothing) WriteHeader(int)             {}

// run serves responses as the composer does: the request carries an Info with
// room for the state. The header map is new each time, as net/http's is.
func run(b *testing.B, c csp.Config, h http.HandlerFunc) {
	handler := newProtection(b, c).Handler(h)
	info, r := request.Attach(httptest.NewRequest("GET", "/", nil))
	b.ReportAllocs()
	for b.Loop() {
		info.CSP = new(csp.State)
		handler.ServeHTTP(nothing{http.Header{}}, r)
	}
}

func askNonce(_ http.ResponseWriter, r *http.Request) { csp.Nonce(r.Context()) }

func BenchmarkNonceUnused(b *testing.B) { run(b, csp.Config{}, plain) }

func BenchmarkNonceUsed(b *testing.B) { run(b, csp.Config{}, askNonce) }

// BenchmarkFloor is what nobody can do without: a nonce of 128 random bits, put
// into the policy, set as a header.
func BenchmarkFloor(b *testing.B) {
	before, after, found := strings.Cut(strings.Replace(csp.Strict().String(), "'nonce'", "'nonce-\x00'", 1), "\x00")
	middle, end, twice := strings.Cut(after, "'nonce'")
	if !found || !twice {
		b.Fatal("the strict policy has other nonces")
	}
	var floor http.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var raw [16]byte
		rand.Read(raw[:])
		nonce := base64.RawURLEncoding.EncodeToString(raw[:])
		w.Header()["Content-Security-Policy"] = []string{before + nonce + middle + "'nonce-" + nonce + "'" + end}
		w.Header()["Cache-Control"] = noStore
	})
	b.ReportAllocs()
	for b.Loop() {
		floor.ServeHTTP(nothing{http.Header{}}, nil)
	}
}

var noStore = []string{"private, no-store"}

// Without the mark for caches, which other controls set too.
func BenchmarkNonceUsedPrivate(b *testing.B) {
	private := []string{"no-store"}
	run(b, csp.Config{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Cache-Control"] = private
		csp.Nonce(r.Context())
	})
}

func BenchmarkBothPolicies(b *testing.B) {
	run(b, csp.Config{ReportOnly: csp.Strict(), ReportEndpoint: "/-/csp-report"}, askNonce)
}

func BenchmarkRoute(b *testing.B) {
	run(b, csp.Config{Routes: []csp.Route{{Pattern: "/x/", Changes: []csp.Change{csp.Exempt()}}}}, plain)
}

func BenchmarkReceiver(b *testing.B) {
	receiver, _ := newReceiver(b, csp.ReceiverConfig{Rate: 1 << 30})
	body := legacy()
	r := httptest.NewRequest("POST", "https://www.example.com/-/csp-report", nil)
	r.Header.Set("Content-Type", legacyType)
	r.Header.Set("User-Agent", firefox)
	b.ReportAllocs()
	for b.Loop() {
		r.Body = io.NopCloser(strings.NewReader(body))
		receiver.ServeHTTP(nothing{http.Header{}}, r)
	}
}

// A flood beyond the rate costs next to nothing.
func BenchmarkReceiverLimited(b *testing.B) {
	receiver, _ := newReceiver(b, csp.ReceiverConfig{Rate: 1})
	r := httptest.NewRequest("POST", "https://www.example.com/-/csp-report", strings.NewReader(legacy()))
	r.Header.Set("Content-Type", legacyType)
	b.ReportAllocs()
	for b.Loop() {
		receiver.ServeHTTP(nothing{http.Header{}}, r)
	}
}

func BenchmarkSuggest(b *testing.B) {
	var reports []csp.Report
	for i := range 1000 {
		r := violation([]string{"img-src", "script-src-elem", "connect-src"}[i%3], fmt.Sprintf("https://h%d.example", i%100))
		r.Route = fmt.Sprintf("/p%d", i)
		reports = append(reports, r)
	}
	policy := csp.Basic()
	b.ReportAllocs()
	for b.Loop() {
		csp.Suggest(reports, policy)
	}
}

func BenchmarkEvaluate(b *testing.B) {
	policy := csp.Strict()
	b.ReportAllocs()
	for b.Loop() {
		csp.Evaluate(policy)
	}
}

func BenchmarkParse(b *testing.B) {
	text := csp.Strict().String()
	b.ReportAllocs()
	for b.Loop() {
		csp.Parse(text)
	}
}
