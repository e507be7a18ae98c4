package mail

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/merlon-go/merlon/secrets"
)

// Config says what all kinds of sender need. From is required.
type Config struct {
	// From is the sender: "no-reply@example.com" or "Name <no-reply@example.com>".
	From string
	// Console is where console: prints. Required for it, unused otherwise.
	Console io.Writer
	// Mailbox, if not nil, keeps a copy of each mail for the developer's page.
	// Required for memory:, refused for smtp and smtps: it would hold links that
	// open real accounts.
	Mailbox *Mailbox
	// Timeout bounds one attempt over SMTP from dialling to the last answer. 0
	// means 30 seconds.
	Timeout time.Duration
	// Roots are the authorities that a mail server's certificate may come
	// from. Nil means the system's.
	Roots *x509.CertPool
	// Hello is the name given to the server in EHLO. "" means the domain of From.
	Hello string
	// Now is the clock; nil means time.Now.
	Now func() time.Time

	from   *mail.Address // parsed From, its domain in ASCII
	domain string
}

// Open returns the sender for a URL:
//
//	smtp://user:password@host:587   STARTTLS, and nothing is sent if it fails
//	smtps://user:password@host:465  TLS from the first byte
//	file:///folder                  one .eml file for each mail, mode 0600
//	console:                        prints to Config.Console
//	memory:                         keeps in Config.Mailbox
//
// smtp takes ?tls=starttls or ?tls=none. Without it, the host decides: none on a
// loopback address, starttls anywhere else. There is no "if offered": an attacker
// in between would take the offer away. tls=none with a password is refused
// unless the host is loopback.
//
// User and password are percent-encoded, as everywhere in a URL. Errors hold
// nothing of the URL.
func Open(target secrets.Secret, cfg Config) (Sender, error) {
	u, err := url.Parse(target.Reveal())
	if err != nil || u.Scheme == "" {
		return nil, errors.New("mail: URL: want smtp://host, smtps://host, file:///folder, console: or memory: as its form") // err holds the password
	}
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	switch u.Scheme {
	case "smtp", "smtps":
		if cfg.Mailbox != nil {
			return nil, errors.New("mail: a Mailbox does not go with smtp: it is for development")
		}
		return openSMTP(u, cfg)
	}
	var s Sender
	switch {
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("mail: URL: %s: takes neither user nor options", scheme(u))
	case u.Scheme == "file":
		path := u.Path
		if u.Opaque != "" {
			path = u.Opaque // file:folder, below the working folder
		}
		if path == "" || u.Host != "" && u.Host != "localhost" {
			return nil, errors.New("mail: URL: want file:///folder")
		}
		s = &folder{path: filepath.FromSlash(path), cfg: cfg}
	case u.Host != "" || u.Path != "" || u.Opaque != "":
		return nil, fmt.Errorf("mail: URL: %s: takes nothing else", scheme(u))
	case u.Scheme == "console":
		if cfg.Console == nil {
			return nil, errors.New("mail: console: needs Config.Console")
		}
		s = &console{w: cfg.Console, from: cfg.From}
	case u.Scheme == "memory":
		if cfg.Mailbox == nil {
			return nil, errors.New("mail: memory: needs Config.Mailbox")
		}
		return cfg.Mailbox, nil
	default:
		return nil, errors.New("mail: URL: unknown scheme; want smtp, smtps, file, console or memory")
	}
	if cfg.Mailbox != nil {
		s = copying{s, cfg.Mailbox}
	}
	return s, nil
}

// scheme returns the scheme for an error. Only known ones are shown.
func scheme(u *url.URL) string {
	switch u.Scheme {
	case "file", "console", "memory":
		return u.Scheme
	}
	return "other"
}

func (cfg *Config) complete() error {
	if len(cfg.From) > 512 || hasControl(cfg.From) {
		return errors.New("mail: From: too long or with control characters")
	}
	from, err := mail.ParseAddress(cfg.From)
	if err != nil {
		return errors.New("mail: From: want \"no-reply@example.com\" or \"Name <no-reply@example.com>\"")
	}
	canonical, display, err := Canonical(from.Address)
	if err != nil {
		return fmt.Errorf("mail: From: %w", err)
	}
	cfg.domain = canonical[strings.LastIndexByte(canonical, '@')+1:]
	from.Address = wire(display)
	cfg.from = from
	if cfg.Hello == "" {
		cfg.Hello = cfg.domain
	}
	if _, _, err := canonicalDomain(cfg.Hello); err != nil {
		return errors.New("mail: Hello: want a host name")
	}
	if cfg.Timeout < 0 {
		return errors.New("mail: Timeout must not be negative")
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return nil
}

// wire returns an address as it goes to a server: the domain in ASCII.
func wire(display string) string {
	local, domain, _ := strings.Cut(display, "@")
	if _, ascii, err := canonicalDomain(domain); err == nil {
		domain = ascii
	}
	return local + "@" + domain
}

func openSMTP(u *url.URL, cfg Config) (Sender, error) {
	s := &server{cfg: cfg, host: u.Hostname(), implicit: u.Scheme == "smtps"}
	var errs []error
	bad := func(text string) { errs = append(errs, errors.New("mail: URL: "+text)) }
	if s.host == "" || u.Opaque != "" || u.Path != "" && u.Path != "/" || u.Fragment != "" {
		bad("want smtp://user:password@host:587")
	}
	s.port = 587
	if s.implicit {
		s.port = 465
	}
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			bad("port out of range")
		}
		s.port = int(n)
	}
	if u.User != nil {
		s.user = u.User.Username()
		password, ok := u.User.Password()
		if s.user == "" || !ok {
			bad("want user and password, or neither")
		}
		s.password = secrets.New(password)
	}
	loopback := isLoopback(s.host)
	options, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		bad("malformed options")
	}
	mode := options.Get("tls")
	for name, values := range options {
		if name != "tls" || len(values) != 1 {
			bad("unknown or repeated option; only tls is known")
		}
	}
	switch {
	case s.implicit && mode != "":
		bad("smtps takes no tls option")
	case s.implicit || mode == "starttls" || mode == "" && !loopback:
	case mode == "none" && u.User != nil && !loopback:
		bad("tls=none would send the password in the clear")
	case mode == "none" || mode == "":
		s.plain = true
	default:
		bad("tls: want starttls or none")
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return s, nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}
