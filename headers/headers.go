package headers

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/merlon-go/merlon/internal/request"
)

// Names of the headers, in the canonical form of net/http.
const (
	nameContentTypeOptions        = "X-Content-Type-Options"
	nameFrameOptions              = "X-Frame-Options"
	nameReferrerPolicy            = "Referrer-Policy"
	nameCrossOriginOpenerPolicy   = "Cross-Origin-Opener-Policy"
	nameCrossOriginResourcePolicy = "Cross-Origin-Resource-Policy"
	nameCrossOriginEmbedderPolicy = "Cross-Origin-Embedder-Policy"
	namePermissionsPolicy         = "Permissions-Policy"
	nameStrictTransportSecurity   = "Strict-Transport-Security"
)

// Names returns the names of all headers that a [Policy] may set, in the
// canonical form of net/http. Each call returns a new slice.
func Names() []string {
	return []string{nameContentTypeOptions, nameFrameOptions, nameReferrerPolicy, nameCrossOriginOpenerPolicy,
		nameCrossOriginResourcePolicy, nameCrossOriginEmbedderPolicy, namePermissionsPolicy, nameStrictTransportSecurity}
}

// Config says which headers a site sends. The zero Config sends the strictest
// value of each that does not keep ordinary pages from working, and HSTS for an
// hour, which is as long as a mistake should last.
type Config struct {
	// FrameOptions is DENY ("" means the same) or SAMEORIGIN.
	FrameOptions string
	// ReferrerPolicy is one policy, or several separated by commas of which a
	// browser takes the last it knows; "" means same-origin.
	ReferrerPolicy string
	// CrossOriginOpenerPolicy is same-origin ("" means the same),
	// noopener-allow-popups, same-origin-allow-popups or unsafe-none.
	CrossOriginOpenerPolicy string
	// CrossOriginResourcePolicy is same-origin ("" means the same), same-site
	// or cross-origin.
	CrossOriginResourcePolicy string
	// CrossOriginEmbedderPolicy is require-corp, credentialless or
	// unsafe-none; "" means that the header is not sent, since it breaks pages
	// that embed others' images.
	CrossOriginEmbedderPolicy string
	// PermissionsPolicy says who may use which feature of the browser; nil
	// means [DefaultPermissionsPolicy].
	PermissionsPolicy PermissionsPolicy

	// HSTSSeconds is the max-age of Strict-Transport-Security; 0 means 3600.
	// It is sent over HTTPS only (RFC 6797 section 7.2).
	HSTSSeconds int64
	// HSTSRampStart, if not zero, is when the site began with HSTS: max-age
	// then grows with time as [RampSeconds] says, and HSTSSeconds is not used.
	HSTSRampStart time.Time
	// HSTSIncludeSubdomains extends HSTS to all subdomains.
	HSTSIncludeSubdomains bool
	// HSTSPreload asks for a place in browsers' preload lists. It needs
	// HSTSIncludeSubdomains and a max-age of a year; with a ramp it is sent
	// once the ramp has got there.
	HSTSPreload bool
	// InsecureForgetHSTS sends max-age=0, with which browsers forget that this
	// site is HTTPS only. It excludes the other HSTS fields.
	InsecureForgetHSTS bool

	// SkipHeaders names headers that are not sent at all.
	SkipHeaders []string

	// Routes changes the headers of single routes, by pattern of http.ServeMux.
	// A request whose path ServeMux would redirect first gets the site's
	// headers.
	Routes map[string]Override

	// Now is the clock of the HSTS ramp; nil means time.Now.
	Now func() time.Time
}

// Override is what a route has instead of the site's headers. Its fields are
// those of [Config]; a zero field leaves the site's value.
type Override struct {
	FrameOptions              string
	ReferrerPolicy            string
	CrossOriginOpenerPolicy   string
	CrossOriginResourcePolicy string
	CrossOriginEmbedderPolicy string
	PermissionsPolicy         PermissionsPolicy
	SkipHeaders               []string

	// Reason is why, for people who read the list of exemptions.
	Reason string
}

// Policy sets the security headers of a site. Make it with [New]; it is
// immutable and safe for concurrent use.
type Policy struct {
	site       set
	routes     *http.ServeMux // nil: no route differs; its handlers are *route
	hsts       *hsts          // nil: skipped
	exemptions []Exemption
	now        func() time.Time
}

// set is the headers of one route, ready to be put into a response. Values are
// shared by all responses and have no spare capacity, so that Add on a response
// copies them.
type set []field

type field struct {
	name  string
	value []string
}

// get returns the value of the header name, or "" if it is not sent.
func (s set) get(name string) string {
	for _, f := range s {
		if f.name == name {
			return f.value[0]
		}
	}
	return ""
}

// route is a handler only to be found again by ServeMux.
type route struct {
	http.Handler
	set set
}

// New returns the Policy that c describes, or all that is wrong with c.
func New(c Config) (*Policy, error) {
	p := &Policy{now: c.Now}
	var errs []error
	site := Override{
		FrameOptions: c.FrameOptions, ReferrerPolicy: c.ReferrerPolicy,
		CrossOriginOpenerPolicy: c.CrossOriginOpenerPolicy, CrossOriginResourcePolicy: c.CrossOriginResourcePolicy,
		CrossOriginEmbedderPolicy: c.CrossOriginEmbedderPolicy, PermissionsPolicy: c.PermissionsPolicy,
		SkipHeaders: c.SkipHeaders,
	}
	standard := standardSet()
	var err error
	if p.site, err = standard.change(site); err != nil {
		errs = append(errs, err)
	}
	if p.hsts, err = newHSTS(c); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, p.addRoutes(c.Routes)...)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	p.exemptions = append(p.siteExemptions(standard), p.exemptions...)
	return p, nil
}

// addRoutes registers the overrides in the order of their patterns.
func (p *Policy) addRoutes(overrides map[string]Override) (errs []error) {
	if len(overrides) == 0 {
		return nil
	}
	p.routes = http.NewServeMux()
	patterns := make([]string, 0, len(overrides))
	for pattern := range overrides {
		patterns = append(patterns, pattern)
	}
	slices.Sort(patterns)
	for _, pattern := range patterns {
		override := overrides[pattern]
		changed, err := p.site.change(override)
		if err == nil && skipsHSTS(override.SkipHeaders) {
			err = errors.New("headers: HSTS is of the whole host and cannot be skipped for one route")
		}
		if err == nil {
			err = register(p.routes, pattern, &route{http.NotFoundHandler(), changed})
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("route %q: %w", pattern, err))
			continue
		}
		p.exemptions = append(p.exemptions, compare(pattern, p.site, changed, override.Reason)...)
	}
	return errs
}

// register adds pattern to mux, whose only way to refuse is to panic.
func register(mux *http.ServeMux, pattern string, h http.Handler) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("headers: invalid pattern: %v", fault)
		}
	}()
	mux.Handle(pattern, h)
	return nil
}

// Handler sets the headers and calls next. They stand on every status, and a
// header that next sets itself wins, as does one that was set before.
func (p *Policy) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.Apply(w.Header(), r)
		next.ServeHTTP(w, r)
	})
}

// Apply puts the headers of the answer to r into h, except those that h has.
func (p *Policy) Apply(h http.Header, r *http.Request) {
	fields := p.fields(r)
	if len(h) == 0 {
		for i := range fields {
			h[fields[i].name] = fields[i].value
		}
	} else {
		for i := range fields {
			if _, ok := h[fields[i].name]; !ok {
				h[fields[i].name] = fields[i].value
			}
		}
	}
	if p.hsts == nil || !request.Secure(r) {
		return
	}
	if _, ok := h[nameStrictTransportSecurity]; !ok {
		h[nameStrictTransportSecurity] = p.hsts.value(p, r)
	}
}

// fields returns the headers of r's route. For a path that is not clean ServeMux
// returns a redirect of its own, not the route, and the handler might read that
// path in another way; CONNECT alone is not cleaned.
func (p *Policy) fields(r *http.Request) set {
	if p.routes == nil || r.Method == http.MethodConnect {
		return p.site
	}
	h, _ := p.routes.Handler(r)
	if found, ok := h.(*route); ok {
		return found.set
	}
	return p.site
}
