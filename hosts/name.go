package hosts

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

const (
	maxName  = 253 // bytes of a host name in text (RFC 1035 section 2.3.4)
	maxLabel = 63  // bytes of one label
	maxHost  = maxName + len(".:65535")
)

// authority is a host as a client may send it, judged and normalised.
type authority struct {
	name string // lower case, without trailing dot; IPv6 in its canonical text, in brackets
	port string // digits, or "" if none was sent
}

// String returns the authority as it stands in a URL.
func (a authority) String() string {
	if a.port == "" {
		return a.name
	}
	return a.name + ":" + a.port
}

// Faults of a host's syntax. They are told to the site's people, not to the client.
var (
	errLong       = errors.New("longer than 253 characters")
	errUserinfo   = errors.New("a user name before an at sign")
	errPort       = errors.New("a port that is not a number from 1 to 65535")
	errBracket    = errors.New("brackets around something that is not an IPv6 address")
	errBareIPv6   = errors.New("an IPv6 address without brackets, or two ports")
	errEmptyLabel = errors.New("an empty label between dots")
	errLongLabel  = errors.New("a label longer than 63 characters")
	errHyphen     = errors.New("a label that begins or ends with a hyphen")
	errUnderscore = errors.New("an underscore, which a host name cannot have (RFC 1123)")
	errCharacter  = errors.New("a character that a host name cannot have")
	errNumeric    = errors.New("a number that is not an IPv4 address in its usual form")
)

// parseHost judges the syntax of a Host header that is not empty. What a
// browser can never send is refused: Django lets some of it through.
func parseHost(raw string) (authority, error) {
	if len(raw) > maxHost {
		return authority{}, errLong
	}
	if raw != "" && raw[0] == '[' {
		return parseBracketed(raw)
	}
	name, port, hasPort := strings.Cut(raw, ":")
	if hasPort {
		if strings.IndexByte(raw, '@') >= 0 {
			return authority{}, errUserinfo
		}
		if strings.IndexByte(port, ':') >= 0 {
			return authority{}, errBareIPv6
		}
		if !validPort(port) {
			return authority{}, errPort
		}
	}
	name, err := parseName(strings.TrimSuffix(name, "."))
	return authority{name, port}, err
}

func parseBracketed(raw string) (authority, error) {
	end := strings.IndexByte(raw, ']')
	if end < 0 {
		return authority{}, errBracket
	}
	text, rest := raw[1:end], raw[end+1:]
	if rest != "" {
		if rest[0] != ':' || !validPort(rest[1:]) {
			return authority{}, errPort
		}
		rest = rest[1:]
	}
	if strings.IndexByte(text, '%') >= 0 { // before ParseAddr, which would keep the zone for ever
		return authority{}, errBracket
	}
	address, err := netip.ParseAddr(text)
	if err != nil || !address.Is6() {
		return authority{}, errBracket
	}
	var b [48]byte
	canonical := address.AppendTo(append(b[:0], '['))
	canonical = append(canonical, ']')
	if string(canonical) == raw[:end+1] {
		return authority{raw[:end+1], rest}, nil
	}
	return authority{string(canonical), rest}, nil
}

// parseName judges a name or an IPv4 address, without port and trailing dot,
// and returns it in lower case.
func parseName(name string) (string, error) {
	if len(name) > maxName {
		return "", errLong
	}
	label, upper := 0, false // where the current label starts
	for i := 0; i <= len(name); i++ {
		if i == len(name) || name[i] == '.' {
			switch {
			case i == label:
				return "", errEmptyLabel
			case i-label > maxLabel:
				return "", errLongLabel
			case name[label] == '-' || name[i-1] == '-':
				return "", errHyphen
			}
			if i < len(name) {
				label = i + 1
			}
			continue
		}
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-':
		case 'A' <= c && c <= 'Z':
			upper = true
		case c == '@':
			return "", errUserinfo
		case c == '_':
			return "", errUnderscore
		default:
			return "", errCharacter
		}
	}
	if upper {
		name = strings.ToLower(name)
	}
	// What ends in a number is an IPv4 address to a browser, in any of six
	// spellings (WHATWG URL, "ends in a number"), and it sends only the usual one.
	if numeric(name[label:]) {
		if _, err := netip.ParseAddr(name); err != nil {
			return "", errNumeric
		}
	}
	return name, nil
}

// numeric reports whether a browser takes the last label of a host for a number.
func numeric(label string) bool {
	digits, hex := label, false
	if strings.HasPrefix(label, "0x") || strings.HasPrefix(label, "0X") {
		digits, hex = label[2:], true
	}
	for i := 0; i < len(digits); i++ {
		c := digits[i] | 0x20
		if !('0' <= digits[i] && digits[i] <= '9' || hex && 'a' <= c && c <= 'f') {
			return false
		}
	}
	return true
}

// validPort reports whether port is a number from 1 to 65535 without leading zeros.
func validPort(port string) bool {
	if len(port) == 0 || len(port) > 5 || port[0] == '0' {
		return false
	}
	n := 0
	for i := 0; i < len(port); i++ {
		if port[i] < '0' || port[i] > '9' {
			return false
		}
		n = n*10 + int(port[i]-'0')
	}
	return n <= 65535
}

// names is the set of allowed hosts.
type names struct {
	any      bool
	exact    map[string]struct{}
	suffixes map[string]struct{} // "example.com" for the entry ".example.com"
}

// newNames judges the entries of Config.Allowed.
func newNames(entries []string, any bool) (names, error) {
	n := names{any: any, exact: map[string]struct{}{}, suffixes: map[string]struct{}{}}
	if !any && len(entries) == 0 {
		return n, errors.New("hosts: no allowed hosts; name each host this site answers to, as in example.com or .example.com")
	}
	var errs []error
	for _, entry := range entries {
		if err := n.add(entry); err != nil {
			errs = append(errs, fmt.Errorf("hosts: invalid allowed host %s: %w", quote(entry), err))
		}
	}
	return n, errors.Join(errs...)
}

// add takes one entry, or says how to write it.
func (n *names) add(entry string) error {
	switch {
	case entry == "":
		return errors.New("it is empty")
	case entry == "*":
		return errors.New(`"*" would admit every host; list the hosts, or set AllowAnyHost and judge them elsewhere`)
	case strings.TrimSpace(entry) != entry:
		return errors.New("white space around it")
	case strings.Contains(entry, "://"):
		return errors.New("a URL; write the host alone, without scheme and path")
	case strings.HasPrefix(entry, "*."):
		return errors.New("a star; write .example.com for example.com and everything below it")
	case strings.HasSuffix(entry, "."):
		return errors.New("write it without the dot at the end")
	}
	text, suffix := strings.CutPrefix(entry, ".")
	if address, err := netip.ParseAddr(text); err == nil && address.Is6() && address.Zone() == "" {
		return fmt.Errorf("write an IPv6 address in brackets, as in [%s]", address)
	}
	parsed, err := parseHost(text)
	switch {
	case err == nil && parsed.port != "":
		return fmt.Errorf("write %q: the port is not part of it", strings.TrimSuffix(entry, ":"+parsed.port))
	case err != nil && !isASCII(text):
		return errors.New("write an international name in its ASCII form, which begins with xn--")
	case err != nil:
		return err
	}
	if !suffix {
		n.exact[parsed.name] = struct{}{}
		return nil
	}
	if _, err := netip.ParseAddr(strings.Trim(parsed.name, "[]")); err == nil {
		return errors.New("nothing is below an address; write it without the dot in front")
	}
	n.exact[parsed.name] = struct{}{}
	n.suffixes[parsed.name] = struct{}{}
	return nil
}

// match reports whether name, as parseHost returned it, is allowed.
func (n *names) match(name string) bool {
	if n.any {
		return true
	}
	if _, ok := n.exact[name]; ok {
		return true
	}
	if len(n.suffixes) == 0 || name[0] == '[' {
		return false
	}
	for i := 0; i < len(name); i++ {
		if name[i] != '.' {
			continue
		}
		if _, ok := n.suffixes[name[i+1:]]; ok {
			return true
		}
	}
	return false
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// quote returns text as it may stand in a message: quoted and bounded.
func quote(text string) string {
	if len(text) > 100 {
		return strconv.QuoteToASCII(text[:100]) + "…"
	}
	return strconv.QuoteToASCII(text)
}
