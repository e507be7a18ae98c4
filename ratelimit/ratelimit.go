package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/deny"
	"github.com/merlon-go/merlon/internal/request"
	"github.com/merlon-go/merlon/secrets"
)

// Defaults of [Config].
const (
	DefaultMaxForm = 64 << 10
	DefaultTimeout = 50 * time.Millisecond
)

// errBreaker is why the store was not even asked.
var errBreaker = errors.New("ratelimit: the store did not answer of late")

// Config configures a [Limiter]. The zero Config limits nothing, because it
// has no rules: [Defaults] returns those that a site with accounts needs.
type Config struct {
	// Rules are the limits. All that match a request apply to it together.
	Rules []Rule

	// Store is shared with other nodes. Nil keeps all counts in this process.
	Store Store
	// Keys hash what is counted before it goes to Store, so that nobody who
	// reads the store learns an address or a name. Required with Store; all
	// nodes must have the same primary key.
	Keys *secrets.Ring
	// Timeout bounds the wait for Store, after which a rule's [FailMode]
	// decides. 0 means 50 ms.
	Timeout time.Duration

	// MaxKeys is how many keys this process remembers. 0 means a million.
	MaxKeys int
	// MaxForm bounds how much of a body is read to find a field, in bytes;
	// a longer body is refused with 413 where a rule counts by one of its
	// fields. 0 means 64 KiB.
	MaxForm int64

	// Normalize makes one text of all spellings of a value that a client wrote
	// into a header, a form or a query, before it is counted. It must be what
	// the program does with the value, or each spelling is a count of its own.
	// Nil cuts off surrounding space and folds to lower case.
	Normalize func(value string) string

	// User, Session and APIKey return who sends a request, "" if unknown. A
	// rule that counts by one of them without the function is an error.
	User    func(*http.Request) string
	Session func(*http.Request) string
	APIKey  func(*http.Request) string

	// IPv4Prefix and IPv6Prefix are how many bits of an address make a
	// network. 0 means 32 and 64.
	IPv4Prefix, IPv6Prefix int

	// AllowUnknownClient lets requests pass, as far as rules by network go,
	// whose client has no address, as behind a proxy on a Unix socket that
	// hosts was not told about. Without it they are refused with 503: they
	// never share one count.
	AllowUnknownClient bool
	// SkipHeaders leaves the RateLimit and RateLimit-Policy fields out.
	// Retry-After is always sent.
	SkipHeaders bool

	// Now is the clock; nil means the monotonic clock.
	Now func() time.Time
	// Audit records refusals, at most one a minute for each key. Nil is silent.
	Audit audit.Sink
	// Deny answers refused requests. Nil means a plain page, or problem+json.
	Deny func(w http.ResponseWriter, r *http.Request, refusal *Refusal)
	// Observe, if not nil, is told every decision about every rule. It must
	// be quick.
	Observe func(Result)
	// StoreChanged, if not nil, is told when Store stops answering, with the
	// error, and when it answers again, with nil.
	StoreChanged func(err error)
}

// Refusal is why a request was refused; its Err is an [*Exceeded] if a limit
// was.
type Refusal = deny.Refusal

// A Limiter holds the rules and the counts. It is immutable but for the
// counts, and safe for concurrent use.
type Limiter struct {
	engine *engine
	only   []int // rules chosen by name; nil lets patterns choose
}

type engine struct {
	Config
	rules      []rule
	blocks     bool // a rule has rate 0
	byName     map[string]int
	matcher    matcher
	memory     *Memory // the counts, or what stands in for them while Store fails
	leases     *Memory // tokens taken from Store in advance
	digest     *secrets.MAC
	breaker    breaker
	cells      sync.Pool // of *[]Cell
	ipv4, ipv6 network   // masks
	maxForm    int64
	user       func(*http.Request) string
	session    func(*http.Request) string
	apiKey     func(*http.Request) string
}

// rule is a Rule made ready.
type rule struct {
	Rule
	index    int
	interval time.Duration
	burst    int64
	cost     int64 // of a request, unless Cost says it
	capacity time.Duration
	inverse  uint64 // of interval, as a fraction of 2^64
	seeds    [maxParts][2]maphash.Seed
	whole    maphash.Seed
	plain    bool     // by one text, as it is
	notice   uint64   // tells the key of an audit notice from that of a count
	policy   []string // the RateLimit-Policy item, as a header value
	fields   *fields
}

// New returns a Limiter, or all that is wrong with cfg.
func New(cfg Config) (*Limiter, error) {
	var faults []error
	cfg.Rules = slices.Clone(cfg.Rules)
	e := &engine{
		Config: cfg, byName: map[string]int{},
		maxForm: cfg.MaxForm,
		user:    cfg.User, session: cfg.Session, apiKey: cfg.APIKey,
		rules: make([]rule, len(cfg.Rules)),
	}
	e.cells.New = func() any { return new([]Cell) }
	faults = append(faults, e.defaults(), distinct(cfg.Rules))
	for _, r := range cfg.Rules {
		faults = append(faults, r.validate(), e.needs(r))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	e.ipv4, e.ipv6 = networkMask(96+e.IPv4Prefix), networkMask(e.IPv6Prefix)
	for i := range e.rules {
		e.prepare(i)
	}
	var err error
	if e.memory, err = NewMemory(cfg.MaxKeys, cfg.Now); err != nil {
		return nil, err
	}
	if cfg.Store != nil {
		if e.leases, err = NewMemory(cfg.MaxKeys, cfg.Now); err != nil {
			return nil, err
		}
		// One origin of time for both.
		e.leases.base = e.memory.base
		e.digest = cfg.Keys.MAC("ratelimit/key")
	}
	return &Limiter{engine: e}, nil
}

// defaults fills in what was left at zero and judges the rest.
func (e *engine) defaults() error {
	var faults []error
	check := func(ok bool, text string) {
		if !ok {
			faults = append(faults, errors.New("ratelimit: "+text))
		}
	}
	if e.IPv4Prefix == 0 {
		e.IPv4Prefix = 32
	}
	if e.IPv6Prefix == 0 {
		e.IPv6Prefix = 64
	}
	if e.maxForm == 0 {
		e.maxForm = DefaultMaxForm
	}
	if e.Timeout == 0 {
		e.Timeout = DefaultTimeout
	}
	if e.Normalize == nil {
		e.Normalize = fold
	}
	check(e.IPv4Prefix >= 8 && e.IPv4Prefix <= 32, "IPv4Prefix is not between 8 and 32")
	check(e.IPv6Prefix >= 32 && e.IPv6Prefix <= 128, "IPv6Prefix is not between 32 and 128")
	check(e.maxForm > 0, "MaxForm is negative")
	check(e.MaxKeys >= 0, "MaxKeys is negative")
	check(e.Timeout > 0, "Timeout is negative")
	check(e.Store == nil || e.Keys != nil, "a shared Store needs Keys")
	return errors.Join(faults...)
}

// needs reports what r counts by and cfg cannot tell.
func (e *engine) needs(r Rule) error {
	for _, p := range r.Key.parts {
		field, fn := "", e.User
		switch p.kind {
		case kindUser:
			field = "User"
		case kindSession:
			field, fn = "Session", e.Session
		case kindAPIKey:
			field, fn = "APIKey", e.APIKey
		}
		if field != "" && fn == nil {
			return fmt.Errorf("ratelimit: rule %q counts by %s, which Config.%s tells, and that is nil", r.Name, p.kind, field)
		}
	}
	return nil
}

func (e *engine) prepare(i int) {
	r := &e.rules[i]
	r.Rule, r.index = e.Rules[i], i
	r.Key.parts = slices.Clone(r.Key.parts)
	r.cost = max(r.FixedCost, 1)
	e.blocks = e.blocks || r.Rate.Limit == 0
	if r.Rate.Limit > 0 {
		r.interval, r.burst = r.Rate.interval(), r.Rate.burst()
		r.inverse = math.MaxUint64 / uint64(r.interval)
	}
	r.capacity = time.Duration(r.burst) * r.interval
	for part := range r.seeds {
		r.seeds[part] = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}
	}
	r.whole = maphash.MakeSeed()
	r.plain = len(r.Key.parts) == 1 && r.Key.parts[0].kind.plain()
	r.notice = maphash.String(r.whole, "notice")
	r.policy, r.fields = []string{policyItem(r)}, new(fields)
	e.byName[r.Name] = i
	if r.Pattern != "" {
		p, _ := parsePattern(r.Pattern) // judged by validate
		e.matcher.add(p, i)
	}
}

// Rules returns the rules, in order.
func (l *Limiter) Rules() []Rule { return slices.Clone(l.engine.Rules) }

// Degraded reports whether the shared store does not answer at present.
func (l *Limiter) Degraded() bool { return l.engine.breaker.open() }

// Rule returns a Limiter that applies the rules of these names to every
// request, whatever their patterns, and no others. It shares all counts with l:
//
//	mux.Handle("POST /login", limiter.Rule("login").Handler(login))
//
// A name that no rule has is a mistake in the program and panics, as
// http.ServeMux.Handle does for a wrong pattern.
func (l *Limiter) Rule(names ...string) *Limiter {
	only := make([]int, 0, len(names))
	for _, name := range names {
		i, ok := l.engine.byName[name]
		if !ok {
			panic(fmt.Sprintf("ratelimit: no rule %q; there are %s", name, l.engine.names()))
		}
		only = append(only, i)
	}
	slices.Sort(only)
	return &Limiter{engine: l.engine, only: slices.Compact(only)}
}

func (e *engine) names() string {
	var names []string
	for _, r := range e.rules {
		names = append(names, r.Name)
	}
	return strings.Join(names, ", ")
}

// Handler applies the rules to each request before next: all of them take
// their cost, or one refuses and none takes. A refused request is answered
// with 429 and Retry-After.
func (l *Limiter) Handler(next http.Handler) http.Handler {
	e := l.engine
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var found [8]int
		switch indices := l.find(found[:0], r); len(indices) {
		case 0:
			next.ServeHTTP(w, r)
		case 1: // most requests; to clear room for more takes longer than to decide
			var array [1]ask
			e.serve(w, r, next, array[:0], indices)
		default:
			e.serveSeveral(w, r, next, indices)
		}
	})
}

func (e *engine) serveSeveral(w http.ResponseWriter, r *http.Request, next http.Handler, indices []int) {
	var array [4]ask
	e.serve(w, r, next, array[:0], indices)
}

// serve lets next answer r, or refuses it by the rules at indices.
func (e *engine) serve(w http.ResponseWriter, r *http.Request, next http.Handler, asks []ask, indices []int) {
	var in reader
	now := e.read(&in, r)
	asks, refusal := e.ask(asks, indices, &in, now, false)
	if refusal == nil {
		ok := e.decide(r.Context(), asks, now)
		if !e.SkipHeaders {
			e.writeHeader(w.Header(), asks)
		}
		if !ok {
			refusal = e.refusal(asks, now)
		}
	}
	if refusal != nil {
		deny.Refuse(w, r, refusal, e.Audit, e.Deny)
		return
	}
	if !reserved(asks) {
		next.ServeHTTP(w, r)
		return
	}
	var outcome outcome
	r = outcome.attach(r)
	next.ServeHTTP(w, r)
	// A panic does not come here: what was taken stays taken.
	if !outcome.failed.Load() {
		e.giveBack(context.WithoutCancel(r.Context()), asks, now)
	}
}

// Check takes from the rules for r and returns a [*Refusal] if one of them
// refuses, nil otherwise. Rules that count only failures count every Check.
func (l *Limiter) Check(r *http.Request) error {
	e := l.engine
	var found [8]int
	var array [4]ask
	var in reader
	now := e.read(&in, r)
	asks, refusal := e.ask(array[:0], l.find(found[:0], r), &in, now, false)
	if refusal == nil && !e.decide(r.Context(), asks, now) {
		refusal = e.refusal(asks, now)
	}
	if refusal == nil { // not a nil *Refusal inside an error
		return nil
	}
	return refusal
}

// PeekRequest returns what the rules for r would answer now, and takes nothing.
func (l *Limiter) PeekRequest(r *http.Request) ([]Result, error) {
	e := l.engine
	var found [8]int
	var array [4]ask
	var in reader
	now := e.read(&in, r)
	asks, refusal := e.ask(array[:0], l.find(found[:0], r), &in, now, true)
	if refusal != nil {
		return nil, refusal
	}
	e.decide(r.Context(), asks, now)
	return results(asks), nil
}

// find returns the rules for r.
func (l *Limiter) find(found []int, r *http.Request) []int {
	if l.only != nil {
		return append(found, l.only...)
	}
	return l.engine.matcher.find(found, r)
}

// read makes in a reader of r and returns the moment r is judged by, as
// nanoseconds of memory's clock.
func (e *engine) read(in *reader, r *http.Request) int64 {
	in.r, in.info = r, request.From(r.Context())
	if in.info == nil {
		return e.memory.now()
	}
	return e.memory.at(in.info.Time(e.Now))
}
