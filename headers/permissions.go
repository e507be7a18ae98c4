package headers

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// PermissionsPolicy maps features of browsers to those who may use them: "self",
// "*", or origins such as "https://maps.example". A nil or empty list, or the
// one word "none", turns a feature off for the page and all its frames.
//
//	headers.PermissionsPolicy{"camera": {"self"}, "usb": nil}
type PermissionsPolicy map[string][]string

// DefaultPermissionsPolicy returns the policy of the zero Config: everything off that
// gives a page the device's surroundings, hardware or money, and that a page
// which needs it will miss at once. Features that cost nothing (fullscreen,
// autoplay) or that signing in needs (publickey-credentials-get) are left to
// the browser's own default, which is the page itself. Each call returns a new
// map, which may be changed.
func DefaultPermissionsPolicy() PermissionsPolicy {
	return PermissionsPolicy{
		"accelerometer": nil, "camera": nil, "display-capture": nil, "geolocation": nil,
		"gyroscope": nil, "hid": nil, "magnetometer": nil, "microphone": nil, "midi": nil,
		"payment": nil, "serial": nil, "usb": nil, "xr-spatial-tracking": nil,
	}
}

// String returns the value of the header, with features in alphabetical order.
func (p PermissionsPolicy) String() string {
	names := make([]string, 0, len(p))
	for name := range p {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name)
		b.WriteString("=(")
		for j, source := range allowlist(p[name]) {
			if j > 0 {
				b.WriteByte(' ')
			}
			if source == "self" || source == "*" {
				b.WriteString(source)
				continue
			}
			b.WriteByte('"')
			b.WriteString(source)
			b.WriteByte('"')
		}
		b.WriteByte(')')
	}
	return b.String()
}

// allowlist returns sources without the word none.
func allowlist(sources []string) []string {
	if len(sources) == 1 && sources[0] == "none" {
		return nil
	}
	return sources
}

// Validate returns all that is wrong with p: unknown features, with the one
// that was probably meant, and sources that no browser would understand.
func (p PermissionsPolicy) Validate() error {
	if len(p) == 0 {
		return errors.New("empty; to send no header at all, skip it")
	}
	var errs []error
	names := make([]string, 0, len(p))
	for name := range p {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.Contains(features, name) {
			errs = append(errs, fmt.Errorf("unknown feature %q%s", name, suggestion(name, features)))
		}
		sources := allowlist(p[name])
		for i, source := range sources {
			if err := validSource(source); err != nil {
				errs = append(errs, fmt.Errorf("feature %q: %w", name, err))
			}
			if slices.Contains(sources[:i], source) {
				errs = append(errs, fmt.Errorf("feature %q: %q twice", name, source))
			}
		}
		if len(sources) > 1 && slices.Contains(sources, "*") {
			errs = append(errs, fmt.Errorf("feature %q: \"*\" is everybody and stands alone", name))
		}
	}
	return errors.Join(errs...)
}

func validSource(source string) error {
	switch source {
	case "self", "*":
		return nil
	case "none":
		return errors.New(`"none" stands alone`)
	case "'self'", "'none'", "'src'":
		return fmt.Errorf("write %s without quotes: %q would be taken for an origin", strings.Trim(source, "'"), source)
	}
	for i := range len(source) {
		if c := source[i]; c <= ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '\'' || c == ',' || c == ';' {
			return fmt.Errorf("%q is neither self, * nor an origin", source)
		}
	}
	u, err := url.Parse(source)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.Scheme+"://"+u.Host != source {
		return fmt.Errorf("%q is neither self, * nor an origin such as https://maps.example", source)
	}
	return nil
}

// ParsePermissionsPolicy reads a policy as it stands in the header (a dictionary of
// RFC 9651): "camera=(self), usb=()". "camera=self", "camera=*" and "camera=none"
// mean camera=(self), camera=(*) and camera=(). The first member may be the word
// default: the policy then is [DefaultPermissionsPolicy] with what follows changed.
// A feature named twice, parameters, and whatever Validate refuses are errors.
func ParsePermissionsPolicy(text string) (PermissionsPolicy, error) {
	if len(text) > maxPermissions {
		return nil, fmt.Errorf("headers: permissions policy longer than %d bytes", maxPermissions)
	}
	p := PermissionsPolicy{}
	changed := PermissionsPolicy{}
	for i, rest, more := 0, text, true; more; i++ {
		var member string
		member, rest, more = cutMember(rest)
		if i == 0 && member == "default" {
			p = DefaultPermissionsPolicy()
			continue
		}
		name, sources, err := parseMember(member)
		if err != nil {
			return nil, fmt.Errorf("headers: permissions policy: %w", err)
		}
		if _, twice := changed[name]; twice {
			return nil, fmt.Errorf("headers: permissions policy: feature %q twice", name)
		}
		changed[name], p[name] = sources, sources
	}
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("headers: permissions policy: %w", err)
	}
	return p, nil
}

const maxPermissions = 8 << 10

// cutMember cuts text at the first comma outside quotes.
func cutMember(text string) (member, rest string, more bool) {
	quoted := false
	for i := range len(text) {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case text[i] == ',' && !quoted:
			return strings.Trim(text[:i], " \t"), text[i+1:], true
		}
	}
	return strings.Trim(text, " \t"), "", false
}

// parseMember reads feature=value.
func parseMember(member string) (name string, sources []string, err error) {
	name, value, ok := strings.Cut(member, "=")
	switch {
	case member == "":
		return "", nil, errors.New("an empty member")
	case !ok:
		return "", nil, fmt.Errorf("%q has no list; write %s=() to turn it off", member, member)
	case name != strings.TrimSpace(name) || value != strings.TrimSpace(value):
		return "", nil, fmt.Errorf("%q: white space around the equals sign", name)
	}
	inner, isList := strings.CutPrefix(value, "(")
	if isList {
		if inner, ok = strings.CutSuffix(inner, ")"); !ok {
			return "", nil, fmt.Errorf("feature %q: the list does not end with a parenthesis, or a parameter follows it", name)
		}
	}
	for _, word := range strings.Fields(inner) {
		if strings.ContainsAny(word, "();") {
			return "", nil, fmt.Errorf("feature %q: %q is not a source", name, word)
		}
		if text, quoted := strings.CutPrefix(word, `"`); quoted {
			if text, ok = strings.CutSuffix(text, `"`); !ok || text == "" || text == "self" || text == "*" || text == "none" {
				return "", nil, fmt.Errorf("feature %q: %s is not an origin in quotes", name, word)
			}
			word = text
		} else if word != "self" && word != "*" && word != "none" && !strings.HasPrefix(word, "'") {
			return "", nil, fmt.Errorf("feature %q: %q is neither self nor *; an origin stands in double quotes", name, word)
		}
		sources = append(sources, word)
	}
	if !isList && len(sources) != 1 {
		return "", nil, fmt.Errorf("feature %q: several sources stand in parentheses", name)
	}
	return name, allowlist(sources), nil
}

// weaker reports whether p lets anybody use what q denies them.
func (p PermissionsPolicy) weaker(q PermissionsPolicy) bool {
	for name, allowed := range q {
		sources, ok := p[name]
		if !ok { // the browser's own default
			sources = []string{"self"}
		}
		for _, source := range allowlist(sources) {
			if !slices.Contains(allowed, source) && !slices.Contains(allowed, "*") {
				return true
			}
		}
	}
	return false
}
