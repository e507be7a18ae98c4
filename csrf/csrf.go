package csrf

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/deny"
	"github.com/merlon-go/merlon/internal/request"
	"github.com/merlon-go/merlon/secrets"
)

// The names used when Config leaves them empty.
const (
	DefaultCookieName         = "__Host-csrftoken"
	DefaultInsecureCookieName = "csrftoken"
	DefaultHeaderName         = "X-CSRFToken"
	DefaultFieldName          = "csrf_token"
	DefaultFormLimit          = 1 << 20
)

// A Refusal is why a request was refused. Its Reason is one of the Reason
// constants of this package.
type Refusal = deny.Refusal

// Config says how a [Protection] judges. Only Keys is required.
type Config struct {
	// Keys sign the token. Tokens made with a fallback key stay valid.
	Keys *secrets.Ring

	// Session returns what identifies the visitor's session: a value that
	// changes at every login and logout, and nil or empty for a visitor who
	// is not signed in. Tokens are bound to it. It must be cheap and must not
	// change the returned bytes later. Nil binds tokens to the cookie alone.
	Session func(*http.Request) []byte

	// TrustedOrigins are other origins whose pages may send requests here:
	// "https://app.example.org", or "https://*.example.org" for every domain
	// below example.org at any depth and, as in Django, example.org itself.
	// A port must be written unless it is the scheme's own.
	TrustedOrigins []string

	// AllowInsecureOrigins admits http: entries in TrustedOrigins. Whoever
	// sits on the network can speak for such an origin.
	AllowInsecureOrigins bool

	// Exempt are ServeMux patterns of paths that are not judged at all, such
	// as "POST /hooks/payment" for a caller that signs its requests. A path
	// that does not match to the letter is not exempt, and a pattern that
	// covers every path is an error.
	Exempt []string

	// AllowTokenless are ServeMux patterns of paths, such as "/api/", where
	// Sec-Fetch-Site: same-origin or a good Origin is enough and no token is
	// asked for. A request with neither header is refused. "/" means the
	// whole site.
	AllowTokenless []string

	// Isolate are ServeMux patterns of pages that other sites may link to but
	// not load: a GET from elsewhere is refused unless it opens the page in a
	// tab. It stops reading by side channels (XS-Leaks) and cross-site
	// WebSockets. A browser too old for Fetch Metadata is judged by Origin alone.
	Isolate []string

	// IsolateNavigation are ServeMux patterns of pages that other sites may
	// not even link to, because opening them does something.
	IsolateNavigation []string

	// CookieName, HeaderName and FieldName replace the Default names. A
	// cookie name that begins with __Host- or __Secure- needs a secure cookie.
	CookieName, HeaderName, FieldName string

	// InsecureCookie leaves the Secure attribute off, for a site without
	// HTTPS. Use it in development only.
	InsecureCookie bool

	// AllowScriptCookie leaves the HttpOnly attribute off, so that a script
	// can take the token from the cookie, as Django's documentation shows.
	AllowScriptCookie bool

	// FormLimit is how many bytes of a form are read in search of the token;
	// the field must end within them. 0 means 1 MiB. The handler still gets
	// the whole body.
	FormLimit int64

	// Audit records refusals; nil drops them.
	Audit audit.Sink

	// Deny answers a refused request in place of the plain 403 page.
	Deny func(w http.ResponseWriter, r *http.Request, refusal *Refusal)
}

// Protection refuses forged requests. It is immutable and safe for concurrent use.
type Protection struct {
	mac     *secrets.MAC
	session func(*http.Request) []byte
	trusted []pattern

	exempt       request.Patterns[struct{}]
	tokenless    request.Patterns[struct{}]
	allTokenless bool
	isolated     request.Patterns[isolation]
	exemptions   []Exemption

	cookieName  string
	cookieAttrs string
	headerName  string
	headerKey   string
	fieldName   string
	formLimit   int64

	audit audit.Sink
	deny  deny.Handler
}

// New returns the Protection that config describes, or all that is wrong with
// config, joined.
func New(config Config) (*Protection, error) {
	p := &Protection{
		session:     config.Session,
		cookieName:  orElse(config.CookieName, DefaultCookieName),
		headerName:  orElse(config.HeaderName, DefaultHeaderName),
		fieldName:   orElse(config.FieldName, DefaultFieldName),
		cookieAttrs: "; Path=/",
		formLimit:   config.FormLimit,
		audit:       config.Audit,
		deny:        config.Deny,
	}
	if config.CookieName == "" && config.InsecureCookie {
		p.cookieName = DefaultInsecureCookieName
	}
	if !config.AllowScriptCookie {
		p.cookieAttrs += "; HttpOnly"
	}
	if !config.InsecureCookie {
		p.cookieAttrs += "; Secure"
	}
	p.cookieAttrs += "; SameSite=Lax"
	p.headerKey = http.CanonicalHeaderKey(p.headerName)
	if p.formLimit == 0 {
		p.formLimit = DefaultFormLimit
	}

	var errs []error
	fault := func(format string, args ...any) { errs = append(errs, fmt.Errorf("csrf: "+format, args...)) }
	if config.Keys == nil {
		fault("no Keys")
	} else {
		p.mac = config.Keys.MAC("csrf/token")
	}
	if p.formLimit < 0 {
		fault("negative FormLimit %d", config.FormLimit)
	}
	p.checkNames(config, fault)
	for _, text := range config.TrustedOrigins {
		t, err := parsePattern(text, config.AllowInsecureOrigins)
		if err != nil {
			fault("trusted origin %q: %v", text, err)
			continue
		}
		p.trusted = append(p.trusted, t)
		p.exemptions = append(p.exemptions, Exemption{"trusted-origin", text})
	}
	p.addPatterns(config, fault)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return p, nil
}

func (p *Protection) checkNames(config Config, fault func(string, ...any)) {
	for _, n := range []struct{ what, name string }{
		{"CookieName", p.cookieName}, {"HeaderName", p.headerName}, {"FieldName", p.fieldName},
	} {
		if !isToken(n.name) {
			fault("invalid %s %q", n.what, n.name)
		}
	}
	if config.InsecureCookie && (hasPrefixFold(p.cookieName, "__host-") || hasPrefixFold(p.cookieName, "__secure-")) {
		fault("browsers drop a cookie named %q without Secure", p.cookieName)
	}
}

func (p *Protection) addPatterns(config Config, fault func(string, ...any)) {
	list := func(kind string, patterns []string, add func(string) error) {
		for _, text := range patterns {
			if err := add(text); err != nil {
				fault("%s: %v", kind, err)
				continue
			}
			p.exemptions = append(p.exemptions, Exemption{kind, text})
		}
	}
	list("exempt", config.Exempt, func(text string) error {
		if coversAll(text) {
			return fmt.Errorf("pattern %q would exempt every path", text)
		}
		return p.exempt.Add(text, struct{}{})
	})
	list("tokenless", config.AllowTokenless, func(text string) error {
		p.allTokenless = p.allTokenless || text == "/"
		return p.tokenless.Add(text, struct{}{})
	})
	for _, text := range config.Isolate {
		if err := p.isolated.Add(text, isolateLoads); err != nil {
			fault("isolate: %v", err)
		}
	}
	for _, text := range config.IsolateNavigation {
		if err := p.isolated.Add(text, isolateAll); err != nil {
			fault("isolate navigation: %v", err)
		}
	}
}

// An Exemption is one place where less is asked of a request than by default.
type Exemption struct {
	Kind    string // "exempt", "tokenless" or "trusted-origin"
	Pattern string // as configured
}

// Exemptions lists what the configuration exempts, for a check to print.
func (p *Protection) Exemptions() []Exemption { return append([]Exemption(nil), p.exemptions...) }

// Handler returns a handler that passes to next the requests that are no
// forgery and answers the others with 403. [Token] and [Field] work below it,
// and in Config.Deny too.
func (p *Protection) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info, r := request.Attach(r)
		s, ok := info.CSRF.(*State)
		if !ok {
			s = new(State)
			info.CSRF = s
		}
		s.protection, s.info, s.writer, s.request = p, info, w, r
		if refusal := p.check(r); refusal != nil {
			deny.Refuse(w, r, refusal, p.audit, p.deny)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// EnsureCookie returns a handler that makes sure that the visitor has the
// cookie, as Django's ensure_csrf_cookie does: for a page whose script takes
// the token from the cookie. It must run inside [Protection.Handler].
func EnsureCookie(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s := from(r.Context()); s != nil {
			s.refresh()
		}
		next.ServeHTTP(w, r)
	})
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// coversAll reports whether a ServeMux pattern covers every path.
func coversAll(pattern string) bool {
	i := strings.IndexByte(pattern, '/')
	if i < 0 {
		return false
	}
	path := pattern[i:]
	return path == "/" || strings.HasPrefix(path, "/{") && strings.HasSuffix(path, "...}") && strings.Count(path, "/") == 1
}

// isToken reports whether s is a token of RFC 9110, up to 128 bytes, without
// the characters that HTML would escape.
func isToken(s string) bool {
	if len(s) == 0 || len(s) > 128 {
		return false
	}
	for _, c := range []byte(s) {
		if !isAlnum(c) && !strings.ContainsRune("!#$%*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return true
}
