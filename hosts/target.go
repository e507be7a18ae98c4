package hosts

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTarget bounds a redirect target, in bytes (Django bounds characters).
const maxTarget = 2048

// LocalRedirect returns target as it may stand in a Location header, if it is a
// path of this site, beginning with one slash; otherwise it returns "" and
// false, and the caller falls back to a page of its own. It is for the "next"
// of a login form:
//
//	to, ok := hosts.LocalRedirect(r.FormValue("next"))
//	if !ok {
//		to = "/account/"
//	}
//
// Refused are targets longer than 2048 bytes, backslashes, control characters,
// invalid UTF-8, and paths with an empty second segment ("//e", "/.//e") or with dot
// segments, however they are written: no browser, proxy or path cleaner can
// make another origin of what is left. Characters outside ASCII come back
// percent-encoded.
func LocalRedirect(target string) (string, bool) {
	if !sane(target) || target[0] != '/' || !plainPath(target) {
		return "", false
	}
	if _, err := url.Parse(target); err != nil {
		return "", false
	}
	return escape(target), true
}

// SafeRedirect reports whether a browser sent to target stays on this site, or
// goes over HTTPS to one of allowedHosts, which are compared exactly, with
// their port if it is not 443; an entry beginning with a dot never matches.
//
// It is Django's url_has_allowed_host_and_scheme with require_https, and
// stricter: "//host" is refused even for allowed hosts, white space is not
// trimmed, and the rules of [LocalRedirect] hold for paths. A relative target
// ("page", "?x", "#x") is accepted; a caller that wants to send it as a
// Location should rather use LocalRedirect.
func SafeRedirect(target string, allowedHosts ...string) bool {
	if !sane(target) {
		return false
	}
	if target[0] == '/' {
		_, ok := LocalRedirect(target)
		return ok
	}
	u, err := url.Parse(target)
	if err != nil {
		return false
	}
	if u.Scheme == "" {
		return u.Host == "" && plainPath(target)
	}
	// "https:e" and "https:/e" have no host to url.Parse, and one to a browser.
	rest, ok := cutFold(target, "https://")
	if !ok || u.Host == "" || u.User != nil || strings.HasPrefix(rest, "/") {
		return false
	}
	host, err := parseHost(u.Host)
	if err != nil || strings.HasSuffix(u.Hostname(), ".") {
		return false
	}
	asked := strings.TrimSuffix(host.String(), ":443")
	for _, allowed := range allowedHosts {
		a, err := parseHost(allowed)
		if err == nil && strings.TrimSuffix(a.String(), ":443") == asked {
			return true
		}
	}
	return false
}

// cutFold is strings.CutPrefix without regard to case.
func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// sane reports whether target has a length and characters that may be looked at
// further. Browsers drop tabs and line breaks anywhere in a URL and control
// characters and spaces around it, and read a backslash as a slash.
func sane(target string) bool {
	if target == "" || len(target) > maxTarget || !utf8.ValidString(target) {
		return false
	}
	for i, c := range target {
		if c == '\\' || unicode.IsControl(c) || i == 0 && unicode.Is(unicode.C, c) {
			return false
		}
	}
	return target[0] != ' ' && target[len(target)-1] != ' '
}

// plainPath reports whether the path of target, up to "?" or "#", has neither
// dot segments nor an empty segment at its start. Browsers never send either:
// they are the seams at which two readers of a path part.
func plainPath(target string) bool {
	if i := strings.IndexAny(target, "?#"); i >= 0 {
		target = target[:i]
	}
	if strings.HasPrefix(target, "//") {
		return false
	}
	for segment := range strings.SplitSeq(target, "/") {
		if dots(segment) {
			return false
		}
	}
	return true
}

// dots reports whether segment is "." or "..", percent-encoded or not.
func dots(segment string) bool {
	if len(segment) > len("%2e%2e") {
		return false
	}
	n := 0
	for segment != "" {
		rest, ok := strings.CutPrefix(segment, ".")
		if !ok {
			if rest, ok = cutFold(segment, "%2e"); !ok {
				return false
			}
		}
		segment = rest
		n++
	}
	return n == 1 || n == 2
}
