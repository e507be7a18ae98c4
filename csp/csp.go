package csp

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/merlon-go/merlon/internal/request"
)

const (
	headerEnforce    = "Content-Security-Policy"
	headerReportOnly = "Content-Security-Policy-Report-Only"
	headerEndpoints  = "Reporting-Endpoints"
)

// Config says which policies are sent. The zero Config enforces [Strict].
type Config struct {
	// Policy is enforced; nil means Strict().
	Policy Policy

	// ReportOnly is tried: browsers report what it would block. Nil means none.
	ReportOnly Policy

	// SkipEnforce sends no enforced policy, for a site that only tries one yet.
	// Policy must then be nil.
	SkipEnforce bool

	// ReportEndpoint is where browsers send reports, a path of this site such
	// as "/-/csp-report" or an https URL. It is added to both policies as
	// report-uri and report-to and sent in Reporting-Endpoints as the group
	// "default", so that deprecations, interventions and crashes are reported
	// too. On plain HTTP, where browsers ignore that header, only report-uri is
	// sent. Empty means that only what the policies name is sent.
	ReportEndpoint string

	// SkipReports is the share of visitors, in percent, whose responses do not
	// ask for reports. The same visitor is always in or always out.
	SkipReports float64

	// SampleKey returns what identifies a visitor for SkipReports, such as the
	// session; nil means the client's address.
	SampleKey func(*http.Request) []byte

	// Routes change the policies by path.
	Routes []Route

	// SkipPaths and SkipReportOnlyPaths leave the enforced and the tried policy
	// out on these paths and all below them: "/admin" covers /admin and
	// /admin/users, not /administrator.
	SkipPaths, SkipReportOnlyPaths []string

	// Logger is told once when a page asks for a nonce that no policy uses;
	// nil is silent.
	Logger *slog.Logger
}

// Protection sends the policies. It is immutable and safe for concurrent use.
type Protection struct {
	base   *plan
	routes request.Patterns[*plan]
	listed []Route

	skip      uint32 // visitors out of 10000 whose reports are left out
	sampleKey func(*http.Request) []byte
	logger    *slog.Logger
	warned    atomic.Bool
}

// New returns the Protection that config describes, or all that is wrong with
// config, joined.
func New(config Config) (*Protection, error) {
	p := &Protection{sampleKey: config.SampleKey, logger: config.Logger}
	var errs []error
	if !(config.SkipReports >= 0 && config.SkipReports <= 100) {
		errs = append(errs, fmt.Errorf("csp: SkipReports %v is no percentage", config.SkipReports))
	} else {
		p.skip = uint32(config.SkipReports * 100)
	}
	enforce := config.Policy
	switch {
	case config.SkipEnforce && enforce != nil:
		errs = append(errs, errors.New("csp: SkipEnforce together with a Policy"))
	case config.SkipEnforce:
	case enforce == nil:
		enforce = Strict()
	case len(enforce) == 0:
		errs = append(errs, errors.New("csp: empty Policy; leave it nil for the strict one, or set SkipEnforce"))
	}
	base, err := newPlan(pair{enforce, config.ReportOnly}, config.ReportEndpoint)
	if err != nil {
		return nil, errors.Join(append(errs, err)...)
	}
	p.base = base
	errs = append(errs, p.addRoutes(config)...)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return p, nil
}

// Policies returns the policies of requests without a route of their own; nil
// means that none is sent.
func (p *Protection) Policies() (enforced, reportOnly Policy) {
	return p.base.policies.enforce.Clone(), p.base.policies.reportOnly.Clone()
}

// Routes lists the paths with other policies, skipped ones included, for a
// check to print.
func (p *Protection) Routes() []Route { return append([]Route(nil), p.listed...) }

// Handler returns a handler that sets the policies, on every status, and calls
// next. [Nonce] works below it.
func (p *Protection) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info, r := request.Attach(r)
		s, ok := info.CSP.(*State)
		if !ok {
			s = new(State)
			info.CSP = s
		}
		plan := p.base
		if !p.routes.Empty() {
			if routed, ok := p.routes.Match(r); ok {
				plan = routed
			}
		}
		s.protection, s.info, s.header = p, info, w.Header()
		s.quiet, s.insecure = p.skip > 0 && p.sampledOut(r), !request.Secure(r)
		s.install(plan)
		next.ServeHTTP(w, r)
	})
}

// sampledOut reports whether r's visitor is one of those who do not report. It
// is a function of the visitor alone, the same on every node.
func (p *Protection) sampledOut(r *http.Request) bool {
	var key []byte
	if p.sampleKey != nil {
		key = p.sampleKey(r)
	} else if b := request.Client(r).As16(); true {
		key = b[:]
	}
	hash := uint32(2166136261) // FNV-1a
	for _, c := range key {
		hash = (hash ^ uint32(c)) * 16777619
	}
	hash ^= hash >> 16 // FNV's low bits mix poorly for short keys
	hash *= 0x85ebca6b
	hash ^= hash >> 13
	return hash%10000 < p.skip
}
