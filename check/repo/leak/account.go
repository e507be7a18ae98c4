package leak

import (
	"regexp"
	"strings"
)

// connection reports whether the value stands with the address of a server
// that it opens: then a plain word is a password too.
func (s *scan) connection(value string, at int, quoted bool) bool {
	m := measure(value)
	if !quoted || len(value) < 6 || len(value) > 64 || m.lower+m.upper+m.digits < len(value)-1 || m.upper == 1 && isUpper(value[0]) || m.lower+m.digits == 0 && m.other > 0 || notPasswords[strings.ToLower(value)] || dullPassword("", value) {
		return false
	}
	around := s.text[max(0, at-400):min(len(s.text), at+400)]
	return account.Match(around) && server.Match(around)
}

var (
	account = regexp.MustCompile(`(?i)(?:user|username|login|uid)["']?\s*(?:[:=]|=>)\s*["'][^"'\s]`)
	server  = regexp.MustCompile(`(?i)(?:host|hostname|server|address|url|port)["']?\s*(?:[:=]|=>)\s*["']?(?:localhost|\d{2,5}\b|[\w-]+(?:\.[\w-]+){1,6}|[a-z]+://)`)
)
