package leak

import (
	"bytes"
	"regexp"
)

// A call is a way to write down credentials that has no name beside them. The
// pattern is anchored at the keyword; its one group is the secret.
type call struct {
	keyword string
	pattern *regexp.Regexp
	kind    string
	sql     bool
}

var calls = []call{
	{"setbasicauth(", regexp.MustCompile(`(?i)^setbasicauth\(\s*"[^"\n]*"\s*,\s*"([^"\n]{4,200})"`), "password in a call", false},
	{"auth=(", regexp.MustCompile(`^(?i:auth)=\(\s*["'][^"'\n]*["']\s*,\s*["']([^"'\n]{4,200})["']`), "password in a call", false},
	{"httpbasicauth(", regexp.MustCompile(`(?i)^httpbasicauth\(\s*["'][^"'\n]*["']\s*,\s*["']([^"'\n]{4,200})["']`), "password in a call", false},
	{".login(", regexp.MustCompile(`(?i)^\.login\(\s*["'][^"'\n]+["']\s*,\s*["']([^"'\n]{4,200})["']`), "password in a call", false},
	{"ftp_login(", regexp.MustCompile(`(?i)^ftp_login\([^,\n]+,\s*["'][^"'\n]+["']\s*,\s*["']([^"'\n]{4,200})["']`), "password in a call", false},
	{"_connect(", regexp.MustCompile(`(?i)^_connect\(\s*["'][^"'\n]+["']\s*,\s*["'][^"'\n]+["']\s*,\s*["']([^"'\n]{4,200})["']`), "password in a call", false},
	{"sql.connect(", regexp.MustCompile(`(?i)^sql\.connect\(\s*["'][^"'\n]+["']\s*,\s*["'][^"'\n]+["']\s*,\s*["']([^"'\n]{4,200})["']`), "password in a call", false},
	{"new mysqli(", regexp.MustCompile(`(?i)^new mysqli\(\s*["'][^"'\n]+["']\s*,\s*["'][^"'\n]+["']\s*,\s*["']([^"'\n]{4,200})["']`), "password in a call", false},
	{"new pdo(", regexp.MustCompile(`(?i)^new pdo\(\s*["'][^"'\n]+["']\s*,\s*["'][^"'\n]+["']\s*,\s*["']([^"'\n]{4,200})["']`), "password in a call", false},
	{"getconnection(", regexp.MustCompile(`(?i)^getconnection\([^,\n]+,\s*"[^"\n]+"\s*,\s*"([^"\n]{4,200})"`), "password in a call", false},
	{"identified by", regexp.MustCompile(`(?i)^identified\s+by\s+(?:password\s+)?'([^'\n]{4,200})'`), "password in SQL", true},
	{"password '", regexp.MustCompile(`(?i)^password\s+'([^'\n]{4,200})'`), "password in SQL", true},
	{"convertto-securestring", regexp.MustCompile(`(?i)^convertto-securestring\s+(?:-string\s+)?["']([^"'$\n]{4,200})["']`), "password in a script", false},
	{"sshpass", regexp.MustCompile(`^sshpass\s+-p\s*["']?([^\s"'$]{4,200})`), "password in a command", false},
	{"redis-cli", regexp.MustCompile(`^redis-cli\b[^\n|;]{0,200}?\s-a\s+["']?([^\s"'$]{4,200})`), "password in a command", false},
	{"mysql", regexp.MustCompile(`^mysql(?:dump|admin)?\b[^\n|;]{0,200}?\s-p["']?([^\s"'$=-][^\s"'$]{3,200})`), "password in a command", false},
	{"docker login", regexp.MustCompile(`^docker login\b[^\n|;]{0,200}?\s-p\s+["']?([^\s"'$]{4,200})`), "password in a command", false},
}

// call reads the credentials of one of calls.
func (s *scan) call(c *call, start int) {
	if isWord(s.at(start-1)) && c.keyword[len(c.keyword)-1] != '(' || s.file.quiet {
		return
	}
	m := c.pattern.FindSubmatchIndex(s.text[start:min(len(s.text), start+500)])
	if m == nil {
		return
	}
	if c.sql && !s.account(start, s.text[start+m[2]:start+m[3]]) {
		return
	}
	s.picked(c.kind, start+m[2], start+m[3])
}

// account reports whether a statement about an account stands before the
// offset; what is a sentence to people rarely has a digit in quotes.
func (s *scan) account(at int, value []byte) bool {
	before := bytes.ToLower(s.text[max(0, at-200):at])
	if i := bytes.LastIndexByte(before, ';'); i >= 0 {
		before = before[i:]
	}
	if !accounts.Match(before) {
		return false
	}
	m := measure(string(value))
	return s.file.ext == ".sql" || m.digits > 0 || m.other > 0 && m.lower > 0 && m.upper > 0
}

var accounts = regexp.MustCompile(`\b(?:user|role|login|grant|password)\b`)

// picked notes a value that stands where credentials do, unless it is a
// placeholder or one of every manual.
func (s *scan) picked(kind string, start, end int) {
	value := string(s.text[start:end])
	if placeholder(value) || dullPassword("", value) {
		return
	}
	l := Leak{Kind: kind, Confidence: Medium}
	if !drawn(value) {
		l.Hash = "chosen"
	}
	s.add(l, start, end)
}

// dsn reads user:password before @tcp(host), as Go's MySQL driver takes it.
func (s *scan) dsn(start, _ int) {
	from := start
	for from > 0 && start-from < 200 && s.text[from-1] > ' ' && s.text[from-1] != '"' && s.text[from-1] != '`' && s.text[from-1] != '\'' && s.text[from-1] != '/' {
		from--
	}
	for at := from; at < start; at++ {
		if s.text[at] == ':' {
			user := string(s.text[from:at])
			if pass := string(s.text[at+1 : start]); len(pass) >= 4 && !s.file.quiet && !dullPassword(user, pass) {
				s.picked("password in an address", at+1, start)
			}
			return
		}
	}
}
