package leak

import (
	"bytes"
	"regexp"
	"sync"
)

// A call is a way to write down credentials that has no name beside them. The
// pattern is anchored at the keyword; its one group is the secret.
type call struct {
	keyword string
	pattern string
	kind    string
	sql     bool
}

var calls = []call{
	{"setbasicauth(", `(?i)^setbasicauth\(\s*"[^"\n]*"\s*,\s*"([^"\n]{4,200})"`, "password in a call", false},
	{"auth=(", `^(?i:auth)=\(\s*["'][^"'\n]*["']\s*,\s*["']([^"'\n]{4,200})["']`, "password in a call", false},
	{"httpbasicauth(", `(?i)^httpbasicauth\(\s*["'][^"'\n]*["']\s*,\s*["']([^"'\n]{4,200})["']`, "password in a call", false},
	{".login(", `(?i)^\.login\(\s*["'][^"'\n]+["']\s*,\s*["']([^"'\n]{4,200})["']`, "password in a call", false},
	{"ftp_login(", `(?i)^ftp_login\([^,\n]+,\s*["'][^"'\n]+["']\s*,\s*["']([^"'\n]{4,200})["']`, "password in a call", false},
	{"_connect(", `(?i)^_connect\(\s*["'][^"'\n]+["']\s*,\s*["'][^"'\n]+["']\s*,\s*["']([^"'\n]{4,200})["']`, "password in a call", false},
	{"sql.connect(", `(?i)^sql\.connect\(\s*["'][^"'\n]+["']\s*,\s*["'][^"'\n]+["']\s*,\s*["']([^"'\n]{4,200})["']`, "password in a call", false},
	{"new mysqli(", `(?i)^new mysqli\(\s*["'][^"'\n]+["']\s*,\s*["'][^"'\n]+["']\s*,\s*["']([^"'\n]{4,200})["']`, "password in a call", false},
	{"new pdo(", `(?i)^new pdo\(\s*["'][^"'\n]+["']\s*,\s*["'][^"'\n]+["']\s*,\s*["']([^"'\n]{4,200})["']`, "password in a call", false},
	{".login(", `(?i)^\.login\(\s*["'](` + discordToken + `)["']`, "Discord bot token", false},
	{".run(", `(?i)^\.run\(\s*["'](` + discordToken + `)["']`, "Discord bot token", false},
	{"getconnection(", `(?i)^getconnection\([^,\n]+,\s*"[^"\n]+"\s*,\s*"([^"\n]{4,200})"`, "password in a call", false},
	{"identified by", `(?i)^identified\s+by\s+(?:password\s+)?'([^'\n]{4,200})'`, "password in SQL", true},
	{"password '", `(?i)^password\s+'([^'\n]{4,200})'`, "password in SQL", true},
	{"convertto-securestring", `(?i)^convertto-securestring\s+(?:-string\s+)?["']([^"'$\n]{4,200})["']`, "password in a script", false},
	{"sshpass", `^sshpass\s+-p\s*["']?([^\s"'$]{4,200})`, "password in a command", false},
	{"redis-cli", `^redis-cli\b[^\n|;]{0,200}?\s-a\s+["']?([^\s"'$]{4,200})`, "password in a command", false},
	{"mysql", `^mysql(?:dump|admin)?\b[^\n|;]{0,200}?\s-p["']?([^\s"'$=-][^\s"'$]{3,200})`, "password in a command", false},
	{"docker login", `^docker login\b[^\n|;]{0,200}?\s-p\s+["']?([^\s"'$]{4,200})`, "password in a command", false},
}

// discordToken begins with the number of the bot, in base64.
const discordToken = `[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}`

// reader returns what reads the call where its keyword begins. The pattern is
// compiled when the keyword is first met: most texts hold none.
func (c *call) reader() func(s *scan, start, end int) {
	pattern := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(c.pattern) })
	return func(s *scan, start, _ int) { s.call(c, pattern, start) }
}

// call reads the credentials of one of calls.
func (s *scan) call(c *call, pattern func() *regexp.Regexp, start int) {
	if isWord(s.at(start-1)) && c.keyword[len(c.keyword)-1] != '(' || s.file.quiet {
		return
	}
	m := pattern().FindSubmatchIndex(s.text[start:min(len(s.text), start+500)])
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
	l.standsFor(value)
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
