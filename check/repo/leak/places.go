package leak

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

// address reads scheme://user:password@host around "://".
func (s *scan) address(start, end int) {
	stop := min(s.until(end, " \t\r\n\"'`<>\\"), end+longestAddress)
	text := string(s.text[end:stop])
	if slash := strings.IndexAny(text, "/?#"); slash >= 0 && strings.LastIndexByte(text, '@') > slash && strings.IndexByte(text, '@') > slash {
		return
	}
	at := strings.IndexByte(text, '@')
	if at < 0 {
		return
	}
	if last := strings.LastIndexByte(text, '@'); last > at && !strings.ContainsAny(text[:last], "/?#") {
		at = last
	}
	user, pass, ok := strings.Cut(text[:at], ":")
	host, _, _ := strings.Cut(text[at+1:], "/")
	name, _, _ := strings.Cut(host, ":")
	if !ok || len(pass) < 3 || host == "" || placeholder(pass) || placeholder(host) && !strings.Contains(host, "example") || dullPassword(user, pass) || localHost(name) && !random(pass) {
		return
	}
	if strings.ContainsAny(pass, "{}<>()[]$%*|") && !random(pass) {
		return
	}
	if s.file.quiet && !random(pass) {
		return
	}
	l := Leak{Kind: "password in an address", Confidence: Medium}
	if random(pass) && !strings.Contains(host, "example") && !localHost(name) {
		l.Confidence = High
	}
	l.standsFor(pass)
	from := end + len(user) + 1
	s.add(l, from, from+len(pass))
}

// longestAddress is how much of an address is read for credentials, in bytes.
const longestAddress = 300

// dullPassword reports whether the credentials are those of every manual.
func dullPassword(user, pass string) bool {
	low := strings.ToLower(pass)
	plain := leet.Replace(low)
	switch {
	case low == strings.ToLower(user), strings.HasPrefix(strings.ToLower(user), low+"@"), notPasswords[low], passwordWords[low], secretWords[low], passwordWords[ownWord.ReplaceAllString(low, "")]:
		return true
	case strings.Contains(plain, "password") && measure(plain).digits < 2:
		return true
	case strings.Contains(low, "password"), strings.Contains(low, "passwd") && !random(pass):
		return measure(pass).digits < 2
	}
	m := measure(low)
	return strings.HasPrefix(low, "anon") || len(low) < 5 && (m.digits == 0 || m.digits == len(low))
}

var ownWord = regexp.MustCompile(`^(?:my|your|some|the)[_-]?`)

func localHost(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "0.0.0.0" || host == "[" || host == "db" || host == "host" || host == "hostname" || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".test") || strings.HasSuffix(host, ".invalid")
}

var pemBegin = regexp.MustCompile(`^-----BEGIN ([A-Z0-9 ]{0,40})PRIVATE KEY( BLOCK)?-----`)

// keyLine is part of a line of a key, and longer than a word of the sentence
// that speaks of one.
var keyLine = regexp.MustCompile(`[A-Za-z0-9+/]{20}`)

// privateKey reads a PEM block around "private key".
func (s *scan) privateKey(start, end int) {
	begin := max(start-60, 0)
	i := bytes.LastIndex(s.text[begin:start], []byte("-----"))
	if i < 0 {
		return
	}
	begin += i
	window := s.text[begin:min(len(s.text), begin+16<<10)]
	m := pemBegin.FindSubmatch(window)
	if m == nil {
		return
	}
	body := window[len(m[0]):]
	stop := bytes.Index(body, []byte("-----"))
	if stop >= 0 && !bytes.HasPrefix(body[stop:], []byte("-----END")) {
		return // another one begins
	}
	if stop < 0 {
		stop = bytes.IndexAny(body, "\"'`<")
		if stop < 0 {
			stop = min(len(body), 4096)
		}
	}
	body = body[:stop]
	text := strings.NewReplacer("\\n", "", "\\r", "", "\n", "", "\r", "", " ", "", "\t", "", "\"", "", "+", "", "\\", "", "'", "", ",", "").Replace(string(body))
	if len(text) < 40 || !keyLine.Match(body) || placeholder(text) && !strings.HasPrefix(text, "Proc-Type") || entropy(text) < 3.8 {
		return
	}
	l := Leak{Kind: strings.TrimSpace(string(m[1])) + " private key", Confidence: High}
	l.Kind = strings.TrimSpace(l.Kind)
	if bytes.Contains(body, []byte("ENCRYPTED")) || bytes.HasPrefix(m[1], []byte("ENCRYPTED")) || opensshEncrypted(text) {
		l.Kind = "encrypted " + strings.TrimPrefix(l.Kind, "ENCRYPTED ")
		l.Minor = true
	}
	s.add(l, begin, begin+len(m[0])+stop)
}

// opensshEncrypted reports whether an OpenSSH key names a cipher.
func opensshEncrypted(text string) bool {
	raw, err := base64.StdEncoding.DecodeString(text[:min(len(text), 64)/4*4])
	return err == nil && bytes.HasPrefix(raw, []byte("openssh-key-v1\x00")) && !bytes.Contains(raw, []byte("\x04none"))
}

func (s *scan) puttyKey(start, end int) {
	_, stop := s.lineOf(start)
	rest := s.text[stop:min(len(s.text), stop+8192)]
	if i := bytes.Index(rest, []byte("Private-Lines:")); i >= 0 {
		s.add(Leak{Kind: "PuTTY private key", Confidence: High, Minor: !bytes.Contains(rest[:i], []byte("Encryption: none"))}, start, stop+i)
	}
}

var jwtShape = regexp.MustCompile(`^eyJ[\w-]{10,}\.eyJ[\w-]{8,}\.([\w-]{10,})?`)

// jwt reads a JSON Web Token and says what is in it: one that has expired, is
// not signed or stands in a test gives nothing away.
func (s *scan) jwt(start, end int) {
	if isWord(s.at(start-1)) || s.at(start-1) == '.' {
		return
	}
	window := s.text[start:min(len(s.text), start+14000)]
	found := jwtShape.FindSubmatch(window)
	if found == nil {
		s.looseJWT(start)
		return
	}
	token := string(found[0])
	if s.file.quiet || famousJWT(token) {
		return
	}
	l := Leak{Kind: "JSON Web Token", Confidence: Medium}
	head, claims := jwtParts(token)
	if head == nil || claims == nil || len(found[1]) == 0 || head["alg"] == "none" {
		l.Minor = true
		if len(found[1]) == 0 || head != nil && head["alg"] == "none" {
			l.Kind = "unsigned JSON Web Token"
		}
	}
	if claims["role"] == "anon" {
		l.Minor = true // what Supabase hands to every visitor
	}
	if exp, ok := claims["exp"].(float64); ok {
		if born, ok := claims["iat"].(float64); ok && exp-born < float64(2*24*time.Hour/time.Second) {
			l.Minor = true // lived for less than two days
			l.Kind = "short-lived JSON Web Token"
		}
	}
	s.add(l, start, start+len(token))
}

var looseShape = regexp.MustCompile(`^ey[A-Za-z0-9]{17,}\.ey[A-Za-z0-9/\\_-]{17,}\.[A-Za-z0-9/\\_-]{10,}={0,2}`)

// looseJWT takes what has the shape of a token and cannot be decoded.
func (s *scan) looseJWT(start int) {
	window := s.text[start:min(len(s.text), start+8000)]
	if found := looseShape.Find(window); found != nil && !s.file.quiet && entropy(string(found)) > 3.8 {
		s.add(Leak{Kind: "JSON Web Token", Confidence: Low, Minor: true}, start, start+len(found))
	}
}

// famousJWT reports whether it is the token of jwt.io or a sibling of it.
func famousJWT(token string) bool {
	_, claims := jwtParts(token)
	return claims["sub"] == "1234567890" || claims["name"] == "John Doe" || claims["some"] == "payload"
}

// jwtParts decodes header and claims; nil for one that is not JSON.
func jwtParts(token string) (head, claims map[string]any) {
	parts := strings.SplitN(token, ".", 3)
	for i, into := range []*map[string]any{&head, &claims} {
		raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[i], "="))
		if err != nil || json.Unmarshal(raw, into) != nil {
			*into = nil
		}
	}
	return head, claims
}

var jwtTwiceShape = regexp.MustCompile(`^ZXlK[\w+/-]{60,}={0,2}`)

// jwtTwice reads a token that was encoded once more, as in Kubernetes secrets.
func (s *scan) jwtTwice(start, end int) {
	if isWord(s.at(start-1)) || s.file.quiet {
		return
	}
	found := jwtTwiceShape.Find(s.text[start:min(len(s.text), start+8300)])
	raw := make([]byte, len(found))
	n, _ := base64.StdEncoding.Decode(raw, bytes.TrimRight(found, "=")[:len(bytes.TrimRight(found, "="))/4*4])
	if found != nil && bytes.HasPrefix(raw[:n], []byte("eyJ")) && bytes.IndexByte(raw[:n], '.') > 0 {
		s.add(Leak{Kind: "encoded JSON Web Token", Confidence: Medium}, start, start+len(found))
	}
}

var headerShape = regexp.MustCompile(`(?i)^(?:authorization|x-api-key)(?:["']?\s{0,3}[:=]\s{0,3}["']?|["']?[,\s]\s{0,3}["'])(?:(basic|bearer|token|api-?key|api-token|digest)\s+)?([\w.~+/=:-]{8,})`)

// header reads a request's header, in a command line or a file of requests.
func (s *scan) header(start, end int) {
	window := s.text[start:min(len(s.text), start+1200)]
	m := headerShape.FindSubmatchIndex(window)
	if m == nil || s.file.quiet && s.file.code {
		return
	}
	value := string(window[m[4]:m[5]])
	if placeholder(value) || m[2] < 0 && len(value) < 20 && m[5] < len(window) && window[m[5]] == ' ' { // a scheme of its own
		return
	}
	l := Leak{Kind: "credentials in a header", Confidence: Medium}
	if m[2] >= 0 && strings.EqualFold(string(window[m[2]:m[3]]), "basic") {
		pass, secret := basicAuth(value)
		if !secret {
			return
		}
		l.standsFor(pass)
	} else if !random(value) && !(m[2] >= 0 && len(value) >= 12 && measure(value).digits > 1 && entropy(value) > 2.9) {
		return
	}
	s.add(l, start+m[4], start+m[5])
}

var curlUser = regexp.MustCompile(`(?:\s|^)(?:-u|--user)(?:=|[ \t]{0,5})(?:"([^"\n:]*):([^"\n]*)"|'([^'\n:]*):([^'\n]*)'|([\w$@.-]+):("[^"\n]+"|'[^'\n]+'|[\w${}@.!-]+))`)

// curl reads the credentials of -u user:password.
func (s *scan) curl(start, end int) {
	if start < s.command || isWord(s.at(start-1)) || s.at(end) != ' ' && s.at(end) != '\t' {
		return
	}
	window := s.text[start:min(len(s.text), start+2000)]
	m := curlUser.FindSubmatchIndex(window)
	if m == nil {
		s.command = start + len(window)/2 // the next command is not far from here searched again
		return
	}
	s.command = start + m[1]
	for i := 2; i < len(m); i += 4 {
		if m[i] < 0 {
			continue
		}
		user, pass := string(window[m[i]:m[i+1]]), strings.Trim(string(window[m[i+2]:m[i+3]]), `"'`)
		from := start + m[i+2]
		if pass == "" { // a key for a name, with an empty password
			if user, pass, from = "", user, start+m[i]; !random(pass) && measure(pass).digits == 0 {
				return
			}
		}
		low := strings.ToLower(pass)
		if len(pass) < 4 || placeholder(pass) || dullPassword(user, pass) || strings.ContainsAny(pass, "$<>{}[]()") && !random(pass) || strings.HasPrefix(low, "pass") || strings.HasPrefix(low, "change") {
			return
		}
		l := Leak{Kind: "credentials in a command", Confidence: Medium}
		l.standsFor(pass)
		s.add(l, from, from+len(pass))
		return
	}
}
