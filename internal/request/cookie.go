package request

import (
	"net/http"
	"strings"
)

// maxCookieValues bounds how many values of one name are looked at: more than
// a few can only be an attempt to shadow the real one.
const maxCookieValues = 8

// Cookies calls yield with each value sent for the cookie named name, in the
// order sent, until yield returns false. Unlike http.Request.Cookie it builds
// nothing and does not parse the other cookies, so that a long Cookie header
// costs one scan. Names are compared exactly (RFC 6265 section 5.4); a value
// is handed over as sent, without surrounding double quotes.
func Cookies(h http.Header, name string, yield func(value string) bool) {
	seen := 0
	for _, line := range h["Cookie"] {
		for len(line) > 0 {
			var pair string
			pair, line, _ = strings.Cut(line, ";")
			pair = strings.Trim(pair, " \t")
			if len(pair) <= len(name) || pair[len(name)] != '=' || pair[:len(name)] != name {
				continue
			}
			value := pair[len(name)+1:]
			if n := len(value); n >= 2 && value[0] == '"' && value[n-1] == '"' {
				value = value[1 : n-1]
			}
			if seen++; seen > maxCookieValues || !yield(value) {
				return
			}
		}
	}
}

// Cookie returns the first value sent for the cookie named name.
func Cookie(h http.Header, name string) (value string, ok bool) {
	Cookies(h, name, func(v string) bool {
		value, ok = v, true
		return false
	})
	return value, ok
}
