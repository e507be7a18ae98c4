package lockout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/deny"
	"github.com/merlon-go/merlon/secrets"
)

// A Refusal is why an attempt was refused.
type Refusal = deny.Refusal

// Defaults and bounds of [Config].
const (
	DefaultFailureLimit = 5
	DefaultCooloff      = 15 * time.Minute
	DefaultDelay        = time.Second
	DefaultDelayAfter   = 2
	DefaultMaxDelay     = 30 * time.Second
	DefaultDeviceAge    = 90 * 24 * time.Hour
	DefaultUnlockAge    = 30 * time.Minute
	// DefaultChallengeAfter is that of ChallengeAfter.
	DefaultChallengeAfter = 2

	maxSpan    = 400 * 24 * time.Hour
	maxAccount = 1024 // bytes
	retryAfter = 5 * time.Second
)

// Config says what locks, and for how long. Keys and Store must be set; the
// rest of the zero Config is the strictest setting.
type Config struct {
	// Keys protect what is stored and sent: names of counters, notes about
	// attempts, device cookies and unlock links.
	Keys *secrets.Ring
	// Store keeps the counters: a database's, or [NewMemory].
	Store Store
	// Name tells the guards of one store apart: "password", "code". Each has
	// counters of its own. "" means "password".
	Name string

	// FailureLimit is how many failures lock, 1 to 1000; 0 means 5.
	FailureLimit int
	// Cooloff is how long a lock lasts; 0 means 15 minutes.
	Cooloff time.Duration
	// MaxCooloff, if longer than Cooloff, lets each further lock last twice as
	// long as the one before, up to MaxCooloff. 0 means that all are the same.
	MaxCooloff time.Duration
	// Window is within which time failures count together; 0 means Cooloff.
	Window time.Duration
	// Parameters are what failures are counted by; nil means
	// [DefaultParameters]. See [ParseParameters].
	Parameters []Parameter
	// Limits are failure limits of single parameters, by their names as
	// [Parameter.String] writes them, for those that shall differ from
	// [Guard.Limits].
	Limits map[string]int
	// PerAccount, if set, returns limit and cool-off of an account where it
	// has its own; 0 means the usual one. They hold for the counters of that
	// user and no others, and not for a lock that is there.
	PerAccount func(account string) (limit int, cooloff time.Duration)
	// HardLimit, if set, is how many failures in a row, however far apart, lock
	// an account for everybody but known browsers, until a mailed link, a new
	// password or an administrator unlocks it. NIST SP 800-63B-4, 3.2.2, allows
	// 100. A known browser with as many counts as unknown. 0 is none.
	HardLimit int
	// ExtendWhileLocked begins the lock anew with each attempt while it lasts.
	// It lets anybody keep anybody locked; false is right.
	ExtendWhileLocked bool

	// Delay is how long a user must wait after DelayAfter failures in a row,
	// twice as long after each further one, at most MaxDelay. 0 means 1 second
	// after 2 failures, at most 30. An attempt that comes too early is counted
	// and not looked at.
	Delay, MaxDelay time.Duration
	DelayAfter      int
	// SkipDelay lets guesses follow each other at once until the lock.
	SkipDelay bool

	// Challenge, if set, reports whether r solves a challenge that bots do not,
	// such as a CAPTCHA. It is asked of attempts at an account after
	// ChallengeAfter failures in a row, and while none succeeded after a lock;
	// an attempt without it is neither looked at nor counted. An error refuses
	// with 503. It must be safe for concurrent use; it may read the form.
	Challenge func(r *http.Request) (solved bool, err error)
	// ChallengeAfter is after how many failures; 0 means 2.
	ChallengeAfter int

	// Spray says when many accounts tried from one network, or many networks
	// trying one account, lock.
	Spray Spray
	// SkipIPv6Escalation counts IPv6 clients by networks of 64 bits alone and
	// not also, with four and sixteen times the limit, by 56 and 48 bits: a
	// customer often has that many.
	SkipIPv6Escalation bool

	// DenyNetworks are refused with 403, and their attempts not counted.
	DenyNetworks []netip.Prefix
	// AllowNetworks are never refused, and their failures not counted: for a
	// monitor, say. Anybody there may guess without end.
	AllowNetworks []netip.Prefix
	// DenyOthers refuses every network that is not in AllowNetworks.
	DenyOthers bool

	// HideLock has callers answer as to a wrong password while there is a
	// lock: see [Locked]. People then cannot tell why they are kept out.
	HideLock bool
	// InsecureReportOnly counts and reports and never refuses.
	InsecureReportOnly bool

	// Normalize makes one name of all spellings of an account; nil cuts off
	// surrounding space and folds to lower case. It should be what finds the
	// account.
	Normalize func(account string) string

	// DeviceCookie is the name of the cookie of known browsers; "" means
	// "__Host-device", or "device" with InsecureCookie.
	DeviceCookie string
	// DeviceAge is how long after a sign-in a browser is known; 0 means 90 days.
	DeviceAge time.Duration
	// SkipDevices knows no browsers: a locked account is locked for its owner
	// too.
	SkipDevices bool
	// InsecureCookie lets the cookie go over plain HTTP: for development on
	// this machine only.
	InsecureCookie bool
	// UnlockAge is how long an unlock link works; 0 means 30 minutes.
	UnlockAge time.Duration
	// MaxCounters is how many counters [Guard.Run] leaves in the store; 0
	// means 1,000,000. Locked ones always stay.
	MaxCounters int

	// OnLock, if set, is called with each lock after it was stored. It must
	// not block.
	OnLock func(ctx context.Context, l Lock)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Audit is told of locks, refusals and what administrators do; nil is silent.
	Audit audit.Sink
	// Logger is told of faults of the store; nil is silent.
	Logger *slog.Logger
	// Deny answers requests that [Guard.Form] refuses; nil means the plain page.
	Deny func(w http.ResponseWriter, r *http.Request, refusal *Refusal)
}

// Spray bounds how widely guesses may be spread within Window.
type Spray struct {
	// Users is how many accounts may fail from one network; 0 means six times
	// the failure limit, at least 10.
	Users int
	// Networks is how many networks may fail for one account; 0 means twice
	// the failure limit, at least 10.
	Networks int
	// Window is within which time; 0 means an hour.
	Window time.Duration
	// Skip switches both off.
	Skip bool
}

// A Lock is what [Config].OnLock is told.
type Lock struct {
	Kind     string       // which counter, such as "user+network"
	Account  string       // "" if the lock is on a network
	Network  netip.Prefix // the zero Prefix if the lock is on an account
	Until    time.Time
	Failures int
	Client   netip.Addr // who made the last failure
}

// A Guard counts guesses at credentials before they are looked at. It is
// immutable and safe for concurrent use.
type Guard struct {
	cfg     Config
	plain   []counted // for clients that are not known
	trusted []counted // for known devices
	ids     *secrets.MAC
	notes   *secrets.Sealer
	devices *secrets.Sealer
	unlocks *secrets.Sealer
	cookie  string // name
	after   string // attributes of the cookie, from the first ";"
	needs   bool   // a network
}

// counted is one counter that attempts of a kind have.
type counted struct {
	kind   string
	by     Parameter
	spray  string // "", "users" or "networks"
	bits   int    // of an IPv6 network
	limit  int
	factor int // of an account's own limit, where the counter is the user's; 0 if it has no say
	window time.Duration
	hard   bool // locks until somebody unlocks
}

// New returns a Guard, or all that is wrong with the configuration.
func New(c Config) (*Guard, error) {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf("lockout: "+format, args...)) }
	if c.Keys == nil {
		fail("no keys")
	}
	if c.Store == nil {
		fail("no store")
	}
	if c.Name == "" {
		c.Name = "password"
	}
	if len(c.Name) > 64 {
		fail("name is longer than 64 bytes")
	}
	c.times(fail)
	if c.Parameters == nil {
		c.Parameters, _ = ParseParameters(DefaultParameters)
	}
	if err := checkParameters(c.Parameters); err != nil {
		errs = append(errs, err)
	}
	c.networks(fail)
	c.cookies(fail)
	if c.MaxCounters < 0 {
		fail("negative number of counters")
	}
	if c.MaxCounters == 0 {
		c.MaxCounters = DefaultMaxCounters
	}
	if c.Normalize == nil {
		c.Normalize = func(account string) string { return strings.ToLower(strings.TrimSpace(account)) }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Audit == nil {
		c.Audit = audit.Discard
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	g := &Guard{
		cfg: c, ids: c.Keys.MAC("lockout/counter"), notes: c.Keys.Sealer("lockout/note"),
		devices: c.Keys.Sealer("lockout/device"), unlocks: c.Keys.Sealer("lockout/unlock"), cookie: c.DeviceCookie,
	}
	g.after = fmt.Sprintf("; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict", int(c.DeviceAge/time.Second))
	if !c.InsecureCookie {
		g.after += "; Secure"
	}
	return g, g.plan()
}

// times fills in and judges limits and durations.
func (c *Config) times(fail func(string, ...any)) {
	if c.FailureLimit == 0 {
		c.FailureLimit = DefaultFailureLimit
	}
	if c.FailureLimit < 1 || c.FailureLimit > MaxLimit {
		fail("failure limit %d is not between 1 and %d", c.FailureLimit, MaxLimit)
	}
	if c.HardLimit != 0 && (c.HardLimit < c.FailureLimit || c.HardLimit > MaxLimit) {
		fail("hard limit %d is not between the failure limit and %d", c.HardLimit, MaxLimit)
	}
	if c.ChallengeAfter == 0 {
		c.ChallengeAfter = DefaultChallengeAfter
	}
	if c.Challenge != nil && c.HideLock {
		fail("HideLock and a challenge contradict each other: a challenge tells of failures")
	}
	if c.ChallengeAfter < 1 || c.ChallengeAfter > MaxLimit {
		fail("a challenge after %d failures", c.ChallengeAfter)
	}
	span := func(d *time.Duration, otherwise time.Duration, name string) {
		if *d == 0 {
			*d = otherwise
		}
		if *d < time.Second || *d > maxSpan {
			fail("%s %v is not between one second and 400 days", name, *d)
		}
	}
	span(&c.Cooloff, DefaultCooloff, "cool-off")
	span(&c.MaxCooloff, c.Cooloff, "longest cool-off")
	span(&c.Window, c.Cooloff, "window")
	span(&c.Spray.Window, time.Hour, "window of the spray detector")
	span(&c.DeviceAge, DefaultDeviceAge, "device age")
	span(&c.UnlockAge, DefaultUnlockAge, "unlock age")
	if c.MaxCooloff < c.Cooloff {
		fail("longest cool-off %v is shorter than the cool-off %v", c.MaxCooloff, c.Cooloff)
	}
	if c.UnlockAge > 24*time.Hour {
		fail("unlock age %v is longer than 24 hours", c.UnlockAge)
	}
	if c.SkipDelay {
		if c.Delay != 0 || c.MaxDelay != 0 || c.DelayAfter != 0 {
			fail("SkipDelay and a delay contradict each other")
		}
	} else {
		span(&c.Delay, DefaultDelay, "delay")
		span(&c.MaxDelay, max(DefaultMaxDelay, c.Delay), "longest delay")
		if c.MaxDelay < c.Delay || c.MaxDelay > c.Cooloff && c.MaxDelay > DefaultMaxDelay {
			fail("longest delay %v is shorter than the delay or longer than the cool-off", c.MaxDelay)
		}
		if c.DelayAfter == 0 {
			c.DelayAfter = DefaultDelayAfter
		}
		if c.DelayAfter < 1 {
			fail("a delay after %d failures", c.DelayAfter)
		}
	}
	if !c.Spray.Skip {
		count := func(n *int, otherwise int, name string) {
			if *n == 0 {
				*n = min(otherwise, MaxLimit)
			}
			if *n < 2 || *n > MaxLimit {
				fail("%s of the spray detector, %d, are not between 2 and %d", name, *n, MaxLimit)
			}
		}
		count(&c.Spray.Users, max(6*c.FailureLimit, 10), "users")
		count(&c.Spray.Networks, max(2*c.FailureLimit, 10), "networks")
	}
}

func (c *Config) networks(fail func(string, ...any)) {
	list := func(prefixes []netip.Prefix, name string) []netip.Prefix {
		var own []netip.Prefix
		for _, p := range prefixes {
			if err := checkNetwork(p); err != nil {
				fail("%s: %s", name, strings.TrimPrefix(err.Error(), "lockout: "))
				continue
			}
			own = append(own, p.Masked())
		}
		return own
	}
	c.DenyNetworks = list(c.DenyNetworks, "DenyNetworks")
	c.AllowNetworks = list(c.AllowNetworks, "AllowNetworks")
	if c.DenyOthers && len(c.AllowNetworks) == 0 {
		fail("DenyOthers without AllowNetworks refuses everybody")
	}
}

func (c *Config) cookies(fail func(string, ...any)) {
	switch prefixed := strings.HasPrefix(c.DeviceCookie, "__Host-"); {
	case c.DeviceCookie == "" && c.InsecureCookie:
		c.DeviceCookie = "device"
	case c.DeviceCookie == "":
		c.DeviceCookie = "__Host-device"
	case len(c.DeviceCookie) > 64 || strings.ContainsFunc(c.DeviceCookie, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
	}):
		fail("cookie name %q has characters that a cookie name may not have", c.DeviceCookie)
	case !prefixed && !c.InsecureCookie:
		fail("cookie name %q does not begin with __Host-", c.DeviceCookie)
	case prefixed && c.InsecureCookie:
		fail("browsers refuse cookie %q over plain HTTP: InsecureCookie needs a name without prefix", c.DeviceCookie)
	}
}

// plan lists the counters of an attempt. Beside a narrower parameter a wider
// one has a multiple of the limit, so that the narrower one locks first: the
// user 4 times, a network, which may be an office, 20 times.
func (g *Guard) plan() error {
	c := &g.cfg
	narrower := Parameter{}
	known := map[string]bool{}
	for _, p := range c.Parameters {
		narrower.User = narrower.User || p.User && p.Network && !p.Device
		narrower.Network = narrower.Network || p.User && !p.Device
	}
	add := func(p Parameter, kind string, bits, factor int) {
		known[kind] = true
		one := counted{kind: kind, by: p, bits: bits, limit: min(c.FailureLimit*factor, MaxLimit), factor: factor, window: c.Window}
		if own, ok := c.Limits[kind]; ok {
			one.limit, one.factor = own, 0
		}
		if p.Device {
			g.trusted = append(g.trusted, one)
		} else {
			g.plain = append(g.plain, one)
		}
	}
	for _, p := range c.Parameters {
		factor := 1
		switch {
		case p == (Parameter{User: true}) && narrower.User:
			factor = 4
		case p == (Parameter{Network: true}) && narrower.Network:
			factor = 20
		}
		add(p, p.String(), 64, factor)
		g.needs = g.needs || p.Network && !p.Device
		if p == (Parameter{Network: true}) && !c.SkipIPv6Escalation {
			add(p, "network/56", 56, 4*factor)
			add(p, "network/48", 48, 16*factor)
		}
	}
	if !c.SkipDevices && g.trusted == nil {
		add(Parameter{User: true, Device: true}, "user+device", 64, 1)
	}
	if c.HardLimit > 0 {
		hard := counted{kind: "hard", by: Parameter{User: true}, bits: 64, limit: c.HardLimit, window: maxSpan, hard: true}
		g.plain = append(g.plain, hard)
		if !c.SkipDevices {
			hard.kind, hard.by.Device = "hard+device", true
			g.trusted = append(g.trusted, hard)
		}
	}
	if !c.Spray.Skip {
		g.plain = append(g.plain,
			counted{kind: "spray-users", by: Parameter{Network: true}, spray: "users", bits: 64, limit: c.Spray.Users, window: c.Spray.Window},
			counted{kind: "spray-networks", by: Parameter{User: true}, spray: "networks", bits: 64, limit: c.Spray.Networks, window: c.Spray.Window})
	}
	var errs []error
	for kind, limit := range c.Limits {
		if !known[kind] {
			errs = append(errs, fmt.Errorf("lockout: a limit for %q, which is not counted", kind))
		}
		if limit < 1 || limit > MaxLimit {
			errs = append(errs, fmt.Errorf("lockout: the limit %d of %q is not between 1 and %d", limit, kind, MaxLimit))
		}
	}
	return errors.Join(errs...)
}

// Limits returns how many failures lock, by what is counted.
func (g *Guard) Limits() map[string]int {
	all := map[string]int{}
	for _, list := range [][]counted{g.plain, g.trusted} {
		for _, one := range list {
			all[one.kind] = one.limit
		}
	}
	return all
}
