package leak

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
)

// shown reports whether a value stands there to be shown: an answer of somebody's
// interface that a comment quotes, or the key of a search that every visitor gets.
func (s *scan) shown(a *assigned, at int) bool {
	if s.file.code && (a.quotedName && a.colon || a.within) && s.commented(at) {
		return true
	}
	if a.sort != secret || !strings.EqualFold(strings.ReplaceAll(a.name, "_", ""), "apikey") {
		return false
	}
	around := s.text[max(0, at-300):min(len(s.text), at+300)]
	return bytes.Contains(around, []byte("indexName")) && algolia.Match(around)
}

var algolia = regexp.MustCompile(`(?i)appId|algolia|docsearch`)

// commented reports whether the offset lies in a comment of code.
func (s *scan) commented(at int) bool {
	start, _ := s.lineOf(at)
	switch line := bytes.TrimLeft(s.text[start:at], " \t"); {
	case bytes.HasPrefix(line, []byte("//")), bytes.HasPrefix(line, []byte("#")), bytes.HasPrefix(line, []byte("* ")):
		return true
	}
	before := s.text[max(0, at-8192):at]
	return bytes.LastIndex(before, []byte("/*")) > bytes.LastIndex(before, []byte("*/"))
}

// encodedSample reports whether the value is a text in base64 that says of
// itself that it is an example.
func encodedSample(value string) bool {
	if len(value) < 12 || len(value)%4 != 0 || strings.ContainsAny(value, " -_.:") {
		return false
	}
	raw, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		return false
	}
	for _, b := range raw {
		if b < ' ' || b > '~' {
			return false
		}
	}
	low := strings.ToLower(string(raw))
	for _, word := range stopWords {
		if strings.Contains(low, word) {
			return true
		}
	}
	return false
}

// basicAuth reads the credentials of HTTP's Basic scheme, and reports whether
// they are more than those of a manual.
func basicAuth(value string) (pass string, secret bool) {
	value = strings.TrimRight(value, "=")
	raw, err := base64.RawStdEncoding.DecodeString(value)
	user, pass, ok := strings.Cut(string(raw), ":")
	switch {
	case err != nil, !ok && !random(string(raw)):
		return "", false
	case pass == "":
		return user, len(user) >= 8
	}
	return pass, !placeholder(pass) && !dullPassword(user, pass)
}

// plainEntry reports whether an entry of a Kubernetes Secret is there for the
// sake of completeness: the host, the name of the user, a word that is none.
func plainEntry(name, value string) bool {
	if sort := judgeName(name); sort == password || sort == secret {
		return notPasswords[strings.ToLower(value)]
	}
	words := split(name)
	return len(words) > 0 && plainEntries[words[len(words)-1]] && !(random(value) && secretValue(value)) && !strings.Contains(value, "@")
}

var plainEntries = set("type provider host hostname port database db dbname name username user login uri url endpoint region zone bucket namespace email audience issuer clientid id account project tenant scheme driver sslmode version mode")
