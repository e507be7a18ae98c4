package live

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// otherScheme finds a scheme at the beginning of what is no host with a port.
var otherScheme = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):(?:[^0-9]|$)`)

// ParseTarget reads the address of a site. Without a scheme it is https. The
// host is returned as it is asked for: in lower case, in ASCII (IDNA), and
// without the dot that may end a name.
func ParseTarget(text string) (*url.URL, error) {
	const most = 2048
	text = strings.TrimSpace(text)
	if len(text) > most {
		return nil, fmt.Errorf("live: address of %d bytes, at most %d are allowed", len(text), most)
	}
	if !strings.Contains(text, "://") {
		if m := otherScheme.FindStringSubmatch(text); m != nil {
			if scheme := strings.ToLower(m[1]); scheme == "https" || scheme == "http" {
				return nil, fmt.Errorf("live: %s: is followed by two slashes", scheme)
			}
			return nil, fmt.Errorf("live: scheme %q, want https or http", clip(m[1], 40))
		}
		text = "https://" + strings.TrimPrefix(text, "//")
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("live: not an address")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("live: scheme %q, want https or http", u.Scheme)
	case u.User != nil:
		return nil, errors.New("live: user and password do not belong into an address; --header sends Authorization")
	case u.Hostname() == "":
		return nil, errors.New("live: the address has no host")
	}
	host, err := readHost(u.Hostname())
	if err != nil {
		return nil, err
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return nil, fmt.Errorf("live: port %s, want 1 to 65535", clip(port, 20))
		}
		host += ":" + port
	}
	u.Host, u.Fragment, u.RawFragment = host, "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// readHost returns the host in the form that resolvers, certificates and
// servers know.
func readHost(host string) (string, error) {
	const most = 253
	if a, err := netip.ParseAddr(host); err == nil {
		return a.String(), nil
	}
	name, err := idna.Lookup.ToASCII(strings.TrimSuffix(host, "."))
	if again, second := idna.Lookup.ToASCII(name); err == nil && (second != nil || again != name) {
		err = errors.New("live: not the only way to write it")
	}
	if err != nil || !utf8.ValidString(host) || name == "" || len(name) > most || name[0] == '.' || strings.Contains(name, "..") || strings.ContainsAny(name, "%[]: _/\\@") {
		return "", fmt.Errorf("live: %q is no valid host", clip(host, 100))
	}
	if a, err := netip.ParseAddr(name); err == nil { // digits of another script
		return a.String(), nil
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	if _, err := strconv.ParseUint(last, 0, 64); err == nil || strings.Trim(last, "0123456789") == "" {
		return "", fmt.Errorf("live: %q is an address that programs read differently; write it as four numbers", clip(host, 100))
	}
	return name, nil
}
