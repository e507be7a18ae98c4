package settings

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/merlon-go/merlon/secrets"
)

// maxURL is the longest URL of a service that is looked at.
const maxURL = 8 << 10

// URL is the address of a database, a cache or a mail service, taken apart and
// percent-decoded. It prints, logs and marshals with the password masked, and
// so are most options; [URL.Reveal] gives the text for a driver. The zero URL is
// empty. A URL is immutable and safe for concurrent use.
type URL struct {
	// Scheme is the canonical scheme: "postgres" for postgresql://.
	Scheme string
	// User and Password are "" and empty if the URL has none.
	User     string
	Password secrets.Secret
	// Hosts are the servers in the order written, names in lower case. A
	// Unix socket is a host whose name begins with a slash.
	Hosts []Host
	// Path is the database's name or number, or the file's path.
	Path string

	options map[string]secrets.Secret
	text    secrets.Secret
}

// Host is one server of a [URL].
type Host struct {
	// Name is a name, an address (IPv6 without brackets), or the path of a
	// Unix socket.
	Name string
	// Port is 0 if none was written.
	Port int
}

// String returns the host as it stands in a URL.
func (h Host) String() string {
	name := h.Name
	if strings.Contains(name, ":") && name[0] != '/' {
		name = "[" + name + "]"
	}
	if h.Port == 0 {
		return name
	}
	return name + ":" + strconv.Itoa(h.Port)
}

// IsZero reports whether u is empty.
func (u URL) IsZero() bool { return u.Scheme == "" }

// Reveal returns the URL with its password, in the spelling that drivers
// understand: pgx for databases, rueidis for Redis, net/url for mail.
func (u URL) Reveal() string { return u.text.Reveal() }

// Option returns an option of the query, "" if it is not there. It may be a
// secret, such as sslpassword.
func (u URL) Option(name string) string { return u.options[name].Reveal() }

// Has reports whether the query has the option.
func (u URL) Has(name string) bool {
	_, ok := u.options[name]
	return ok
}

// Bool returns an option as [ParseBool] reads it; fallback if it is not there.
func (u URL) Bool(name string, fallback bool) (bool, error) {
	if !u.Has(name) {
		return fallback, nil
	}
	return ParseBool(u.Option(name))
}

// Name returns what Django calls NAME or LOCATION: the database or the file,
// or for a URL of another form what names the service.
func (u URL) Name() string {
	switch {
	case u.Scheme == "ldap" && len(u.Hosts) > 0:
		return "ldap://" + u.Hosts[0].String()
	case u.Scheme == "pylibmc":
		return "unix:" + u.Path
	}
	return u.Path
}

// openOptions are the options that String shows, for they hold no secret.
var openOptions = []string{
	"sslmode", "sslrootcert", "connect_timeout", "application_name", "target_session_attrs", "mode", "cache",
	"master_set", "db", "dial_timeout", "write_timeout", "timeout", "max_entries", "email_use_tls", "email_use_ssl",
}

// String returns the URL with the password masked, and all options that are
// not known to be harmless.
func (u URL) String() string {
	if u.IsZero() {
		return ""
	}
	var b strings.Builder
	// A path of these stands as it is; elsewhere a slash comes before it.
	plain := slices.Contains([]string{"file", "unix", "pylibmc", "locmem", "db"}, u.Scheme)
	b.WriteString(u.Scheme + ":")
	if u.User != "" || !u.Password.IsZero() || len(u.Hosts) > 0 || u.Path != "" && (u.Scheme != "file" || u.Path[0] == '/') {
		b.WriteString("//")
	}
	if u.User != "" || !u.Password.IsZero() {
		b.WriteString(escape(u.User))
		if !u.Password.IsZero() {
			b.WriteString(":***")
		}
		b.WriteString("@")
	}
	for i, h := range u.Hosts {
		if i > 0 {
			b.WriteString(",")
		}
		if strings.HasPrefix(h.Name, "/") {
			b.WriteString(escape(h.Name))
		} else {
			b.WriteString(h.String())
		}
	}
	if u.Path != "" && !plain {
		b.WriteString("/")
	}
	b.WriteString((&url.URL{Path: u.Path}).EscapedPath())
	names := make([]string, 0, len(u.options))
	for name := range u.options {
		shown := "***"
		if slices.Contains(openOptions, strings.ToLower(name)) {
			shown = escape(u.Option(name))
		}
		names = append(names, escape(name)+"="+shown)
	}
	slices.Sort(names)
	if len(names) > 0 {
		b.WriteString("?" + strings.Join(names, "&"))
	}
	return b.String()
}

// Format writes String under every verb.
func (u URL) Format(f fmt.State, _ rune) {
	_, _ = f.Write([]byte(u.String())) // fmt.State keeps no error
}

// LogValue returns String for slog.
func (u URL) LogValue() slog.Value { return slog.StringValue(u.String()) }

// MarshalText returns String, which encoders use.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// parts is a URL cut at its delimiters, before the scheme gives them a meaning.
type parts struct {
	scheme    string
	slashes   bool // "//" follows the scheme
	user      string
	password  string
	authority string // without user and password, as written
	path      string // as written
	options   map[string]secrets.Secret
}

// cut takes text apart. net/url cannot: it knows one host only, and its errors
// hold the text.
func cut(text string) (parts, error) {
	var p parts
	text, err := parseText(text)
	if err != nil {
		return p, err
	}
	if len(text) > maxURL {
		return p, errors.New("a URL that is too long")
	}
	scheme, rest, ok := strings.Cut(text, ":")
	if !ok || !validScheme(scheme) {
		return p, errors.New("not a URL; it has no scheme such as postgres://")
	}
	p.scheme = strings.ToLower(scheme)
	if strings.ContainsAny(rest, "# ") {
		return p, errors.New("a URL with a # or a space; in a password write %23 and %20")
	}
	rest, query, _ := strings.Cut(rest, "?")
	if p.options, err = cutOptions(query); err != nil {
		return p, err
	}
	if rest, p.slashes = strings.CutPrefix(rest, "//"); !p.slashes {
		p.path = rest
		return p, nil
	}
	p.authority = rest
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		p.authority, p.path = rest[:i], rest[i:]
	}
	if i := strings.LastIndexByte(p.authority, '@'); i >= 0 {
		userinfo := p.authority[:i]
		p.authority = p.authority[i+1:]
		user, password, _ := strings.Cut(userinfo, ":")
		var err2 error
		p.user, err = unescape(user)
		p.password, err2 = unescape(password)
		if err != nil || err2 != nil {
			return p, errors.New("a user or password with a bad percent-escape; write % as %25")
		}
	}
	if strings.Contains(p.path, "@") && p.user == "" && p.password == "" {
		return p, errors.New("a password with a slash or question mark; write %2F and %3F")
	}
	return p, nil
}

func validScheme(s string) bool {
	for i, c := range []byte(s) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || strings.IndexByte("+-.", c) >= 0)) {
			return false
		}
	}
	return s != ""
}

func cutOptions(query string) (map[string]secrets.Secret, error) {
	options := make(map[string]secrets.Secret)
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, text, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		text, err2 := url.QueryUnescape(text)
		if err != nil || err2 != nil || name == "" || strings.IndexByte(name+text, 0) >= 0 {
			return nil, errors.New("a malformed option after the question mark; in a password write ? as %3F and % as %25")
		}
		if _, twice := options[name]; twice {
			return nil, errors.New("an option that is given twice")
		}
		options[name] = secrets.New(text)
	}
	return options, nil
}

// parseHosts reads hosts separated by commas, each with a port of its own.
func parseHosts(text string) ([]Host, error) {
	if text == "" {
		return nil, nil
	}
	var hosts []Host
	for one := range strings.SplitSeq(text, ",") {
		h, err := parseHost(one, false)
		if err != nil {
			return nil, err
		}
		hosts = append(hosts, h)
	}
	return hosts, nil
}

func parseHost(text string, emptyName bool) (Host, error) {
	var h Host
	name, port := text, ""
	if strings.HasPrefix(text, "[") {
		end := strings.IndexByte(text, ']')
		addr, err := netip.ParseAddr(text[1:max(end, 1)])
		if end < 0 || err != nil || !addr.Is6() {
			return h, errors.New("a malformed IPv6 address in brackets")
		}
		h.Name, name, port = addr.String(), "", text[end+1:]
	} else {
		if i := strings.IndexByte(text, ':'); i >= 0 {
			name, port = text[:i], text[i:]
		}
		decoded, err := unescape(name)
		if err != nil {
			return h, errors.New("a host with a bad percent-escape")
		}
		h.Name = decoded
		if !strings.HasPrefix(decoded, "/") {
			h.Name = strings.ToLower(decoded)
		}
		if h.Name == "" && !emptyName || !validName(h.Name) {
			return h, errors.New("a malformed host name")
		}
	}
	if port == "" {
		return h, nil
	}
	n, err := strconv.ParseUint(port[1:], 10, 16)
	if port[0] != ':' || err != nil || !digits(port[1:]) {
		return h, errors.New("a port that is not a number up to 65535; if the password holds : / ? # @ or %, percent-encode it")
	}
	h.Port = int(n)
	return h, nil
}

func validName(name string) bool {
	if strings.HasPrefix(name, "/") {
		return len(name) <= 255
	}
	for _, c := range []byte(name) {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_' || c >= 0x80) {
			return false
		}
	}
	return len(name) <= 255
}

// hostPort is net.JoinHostPort that writes port 0 as well.
func hostPort(name string, port int) string {
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	return name + ":" + strconv.Itoa(port)
}

// unescape decodes %XX and refuses a NUL.
func unescape(text string) (string, error) {
	out, err := url.PathUnescape(text)
	if err == nil && strings.IndexByte(out, 0) >= 0 {
		return "", errors.New("a NUL character")
	}
	return out, err
}

func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
