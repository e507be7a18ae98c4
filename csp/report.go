package csp

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"
)

// The kinds of reports, as browsers name them in the Reporting API.
const (
	KindViolation    = "csp-violation"
	KindDeprecation  = "deprecation"
	KindIntervention = "intervention"
	KindCOOP         = "coop"
	KindCOEP         = "coep"
	KindNetworkError = "network-error" // Network Error Logging
	KindCrash        = "crash"
	KindPermissions  = "permissions-policy-violation"
	KindIntegrity    = "integrity-violation"
)

// Words that stand in [Report.Blocked] where no origin was blocked.
const (
	BlockedInline   = "inline"
	BlockedEval     = "eval"
	BlockedWasmEval = "wasm-eval"
	BlockedSelf     = "self"
	BlockedTTSink   = "trusted-types-sink"
	BlockedTTPolicy = "trusted-types-policy"
)

// A Report stands for all reports that browsers sent about the same thing: of
// one kind, by the same directive, for the same origin, on the same route.
// Every text is bounded and holds no query string or fragment.
type Report struct {
	// Kind is what was reported, such as [KindViolation].
	Kind string `json:"kind"`
	// Enforced says that the browser blocked it; false for report-only.
	Enforced bool `json:"enforced"`
	// Directive is the effective directive of a violation, and what the report
	// is about otherwise: the feature's id, the kind of error.
	Directive string `json:"directive"`
	// Blocked is the origin that was blocked, as in "https://cdn.example.com",
	// a scheme as in "data:", or one of the Blocked words. Empty where nothing was.
	Blocked string `json:"blocked,omitempty"`
	// Route is the page, with what differs from visitor to visitor taken out.
	Route string `json:"route"`

	// Count is how often it was reported, First and Last when.
	Count int64     `json:"count"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	// Browsers are up to eight browsers that reported it, as in "Firefox 140".
	Browsers []string `json:"browsers,omitempty"`
	// Sample is the beginning of the blocked inline block, at most 40 bytes,
	// or the message of another report, of the latest report that had one.
	Sample string `json:"sample,omitempty"`
	// Source is the file that did it, with Line, of the latest report that had one.
	Source string `json:"source,omitempty"`
	Line   int    `json:"line,omitempty"`
}

// Bounds of a Report's texts in bytes.
const (
	maxRoute    = 200
	maxBlocked  = 200
	maxSample   = 40
	maxBrowsers = 8
	maxBrowser  = 32
)

// Key identifies what the report is about: 32 hexadecimal digits of the hash
// of kind, disposition, directive, blocked origin and route.
func (r *Report) Key() string {
	h := sha256.New()
	for _, part := range []string{r.Kind, r.Directive, r.Blocked, r.Route} {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		h.Write(length[:])
		h.Write([]byte(part))
	}
	if r.Enforced {
		h.Write([]byte{1})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Merge adds what other, a report with the same key, tells to r.
func (r *Report) Merge(other Report) {
	r.Count += other.Count
	if r.First.IsZero() || !other.First.IsZero() && other.First.Before(r.First) {
		r.First = other.First
	}
	if !other.Last.Before(r.Last) {
		r.Last = other.Last
		if other.Sample != "" {
			r.Sample = other.Sample
		}
		if other.Source != "" {
			r.Source, r.Line = other.Source, other.Line
		}
	}
	browsers := slices.Clone(r.Browsers) // the slice may be shared with a caller
	for _, b := range other.Browsers {
		if len(browsers) < maxBrowsers && !slices.Contains(browsers, b) {
			browsers = append(browsers, b)
		}
	}
	slices.Sort(browsers)
	r.Browsers = browsers
}

// A ReportStore keeps reports within a bound. Losing the latest of them is
// allowed; they are no audit trail.
type ReportStore interface {
	// Add merges each report, with [Report.Merge], into the stored one with
	// the same key, or stores it as new. It must merge all of them or none,
	// must not lose counts to concurrent calls, must not keep the slice, and
	// must hold no more reports than its bound: the ones with the lowest Count
	// go first, of these the ones with the oldest Last, so that a flood of
	// made-up reports displaces itself and not what many visitors saw.
	Add(ctx context.Context, reports []Report) error
	// Reports returns at most limit reports whose Last is not before since,
	// the latest first and by key where times are equal. The caller owns what
	// it gets. A limit of 0 or less returns none.
	Reports(ctx context.Context, since time.Time, limit int) ([]Report, error)
	// Prune removes the reports whose Last is before the time and returns how
	// many there were.
	Prune(ctx context.Context, before time.Time) (int, error)
}
