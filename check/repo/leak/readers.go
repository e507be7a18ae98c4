package leak

import (
	"bytes"
	"encoding/base64"
	"path"
	"regexp"
	"strings"
)

// read gives files of a known form to their reader, before any keyword.
func (s *scan) read() {
	s.only()
	name, ext := s.file.name, s.file.ext
	switch {
	case name == ".netrc" || name == "_netrc" || ext == ".netrc":
		s.netrc()
	case name == ".pgpass" || name == "pgpass.conf" || ext == ".pgpass":
		s.eachLine(s.pgpass)
	case ext == ".htpasswd", strings.HasPrefix(name, "htpasswd") && !s.file.code && !s.file.config:
		s.eachLine(s.htpasswd)
	case name == ".npmrc" || name == ".yarnrc" || name == ".yarnrc.yml":
		s.eachLine(s.npmrc)
	case name == "auth.json":
		s.composer()
	case name == ".git-credentials" || name == "git-credentials":
		s.eachLine(s.gitCredentials)
	case name == ".esmtprc" || name == ".msmtprc" || name == ".fetchmailrc" || name == "esmtprc" || name == "msmtprc" || name == "fetchmailrc":
		s.mailer()
	case name == "shadow" || name == "shadow-" || strings.HasSuffix(name, "passwd") && ext == "":
		s.eachLine(s.shadow)
	case name == ".dockercfg" || name == ".dockerconfigjson" || name == "config.json" && strings.Contains(s.path, "docker"):
		s.docker()
	case ext == ".sql":
		s.dump()
	case name == "nuget.config":
		s.nuget()
	case ext == ".yaml" || ext == ".yml" || ext == ".json" || ext == ".tfstate" || name == "kubeconfig" || ext == ".kubeconfig" || name == "config" && below(s.path, ".kube/"):
		s.tree()
	}
}

// only reads a file that holds nothing but one value, and whose name says what
// it is: secrets/db_password.txt, master.key.
func (s *scan) only() {
	if len(s.text) > longestValue {
		return
	}
	value := bytes.TrimSpace(s.text)
	base := path.Base(s.path)
	name := strings.TrimPrefix(strings.TrimSuffix(base, path.Ext(base)), ".")
	if path.Ext(base) == ".key" || name == "" {
		name = base
	}
	if len(value) < 6 || bytes.ContainsAny(value, " \t\r\n=:{}<>\"'") || s.file.code {
		return
	}
	if sort := judgeName(name); sort == password || sort == secret {
		start := bytes.Index(s.text, value)
		s.judge(start, start+len(value), &assigned{name: name, sort: sort}, true)
	}
}

// gitCredentials reads https://user:password@host, whose parts may hold any
// sign.
func (s *scan) gitCredentials(start, end int) {
	line := s.text[start:end]
	scheme, at := bytes.Index(line, []byte("://")), bytes.LastIndexByte(line, '@')
	if scheme < 0 || at < scheme {
		return
	}
	if colon := bytes.IndexByte(line[scheme+3:at], ':'); colon >= 0 {
		s.chosen("password in an address", "", start+scheme+3+colon+1, start+at)
	}
}

// mailer reads: password "value".
func (s *scan) mailer() {
	for _, m := range mailerPassword.FindAllSubmatchIndex(s.text, maxLeaks) {
		if !dullPassword("", string(s.text[m[2]:m[3]])) {
			s.chosen("password of a mail account", "password", m[2], m[3])
		}
	}
}

var mailerPassword = regexp.MustCompile(`(?m)\bpass(?:word)?[ \t]+["']?([^\s"']{4,200})`)

// shadow reads user:hash:… of passwd(5) and shadow(5).
func (s *scan) shadow(start, end int) {
	if m := shadowHash.FindSubmatchIndex(s.text[start:end]); m != nil {
		s.add(Leak{Kind: "password hash of an account", Name: string(s.text[start+m[2] : start+m[3]]), Confidence: Medium, Hash: chosen}, start+m[4], start+m[5])
	}
}

var shadowHash = regexp.MustCompile(`^([\w.-]{1,64}):(\$(?:1|2[abxy]|5|6|7|y|gy|argon2id?|apr1)\$[^:\s]{10,200})`)

// dump notes the password hashes of people in a dump of a database, once: a
// single one is an account that a program begins with.
func (s *scan) dump() {
	if found := dumpedHash.FindAllSubmatchIndex(s.text, 3); len(found) == 3 && !s.file.quiet {
		s.add(Leak{Kind: "password hashes in a dump of a database", Confidence: Medium, Hash: chosen}, found[0][2], found[0][3])
	}
}

var dumpedHash = regexp.MustCompile(`'(\$(?:2[abxy]|5|6|y|argon2id?)\$[^'\s]{20,200})'`)

// eachLine calls f with the bounds of every line.
func (s *scan) eachLine(f func(start, end int)) {
	for at := 0; at < len(s.text); {
		end := len(s.text)
		if i := bytes.IndexByte(s.text[at:], '\n'); i >= 0 {
			end = at + i
		}
		f(at, at+len(bytes.TrimRight(s.text[at:end], " \t\r")))
		at = end + 1
	}
}

// chosen notes a password that a person may have chosen, unless it is a
// placeholder.
func (s *scan) chosen(kind, name string, start, end int) {
	value := string(s.text[start:end])
	if placeholder(value) || len(value) < 3 {
		return
	}
	l := Leak{Kind: kind, Name: name, Confidence: High}
	l.standsFor(value)
	s.add(l, start, end)
}

// netrc reads "machine h login u password p" of ftp(1) and curl.
func (s *scan) netrc() {
	expect := false
	for at := 0; at < len(s.text); {
		start := at
		for start < len(s.text) && s.text[start] <= ' ' {
			start++
		}
		end := start
		for end < len(s.text) && s.text[end] > ' ' {
			end++
		}
		word := string(s.text[start:end])
		if expect && end > start {
			s.chosen("password in a netrc file", "password", start, end)
		}
		expect = !expect && word == "password"
		at = max(end, start+1)
	}
}

// pgpass reads host:port:database:user:password, with \ before : and \.
func (s *scan) pgpass(start, end int) {
	if start == end || s.text[start] == '#' {
		return
	}
	user := start
	for at, fields := start, 0; at < end; at++ {
		switch s.text[at] {
		case '\\':
			at++
		case ':':
			if fields++; fields == 3 {
				user = at + 1
			} else if fields == 4 {
				if at+1 < end && !dullPassword(string(s.text[user:at]), string(s.text[at+1:end])) {
					s.chosen("password of a PostgreSQL password file", "", at+1, end)
				}
				return
			}
		}
	}
}

// htpasswd reads user:hash.
func (s *scan) htpasswd(start, end int) {
	i := bytes.IndexByte(s.text[start:end], ':')
	if i < 1 || s.text[start] == '#' || bytes.IndexByte(s.text[start:start+i], ' ') >= 0 {
		return
	}
	from := start + i + 1
	hash := string(s.text[from:end])
	if len(hash) < 8 || placeholder(strings.TrimLeft(hash, "$")) && !strings.HasPrefix(hash, "$") {
		return
	}
	s.add(Leak{Kind: "password hash of a web server", Name: string(s.text[start : start+i]), Confidence: Medium}, from, end)
}

// npmrc reads _authToken, _auth and _password of a registry, and
// npmAuthIdent of a .yarnrc.yml.
func (s *scan) npmrc(start, end int) {
	operator := []byte("=")
	if s.file.ext == ".yml" {
		operator = []byte(":")
	}
	key, value, ok := bytes.Cut(s.text[start:end], operator)
	if !ok {
		return
	}
	name := string(bytes.TrimSpace(key))
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	switch name {
	case "_authToken", "_auth", "_password", "npmAuthIdent":
		trimmed := bytes.Trim(bytes.TrimSpace(value), `"'`)
		if from := start + bytes.Index(s.text[start:end], trimmed); len(trimmed) >= 8 {
			s.chosen("registry credential", name, from, from+len(trimmed))
		}
	}
}

// composer reads {"github-oauth": {"github.com": "…"}} of PHP's Composer.
func (s *scan) composer() {
	for _, m := range composerTokens.FindAllSubmatchIndex(s.text, maxLeaks) {
		s.chosen("registry credential", string(s.text[m[2]:m[3]]), m[4], m[5])
	}
}

var composerTokens = regexp.MustCompile(`"(github-oauth|gitlab-oauth|gitlab-token|bearer)"\s*:\s*\{\s*"[^"\n]{1,200}"\s*:\s*"([^"\n]{8,500})"`)

// docker reads the auth entries of Docker's configuration.
func (s *scan) docker() {
	for at := 0; ; {
		i := bytes.Index(s.text[at:], []byte(`"auth"`))
		if i < 0 {
			return
		}
		at += i + len(`"auth"`)
		from := s.blanks(at)
		if s.at(from) != ':' {
			continue
		}
		from = s.blanks(from + 1)
		if s.at(from) != '"' {
			continue
		}
		end := s.closing(from+1, '"')
		if end < 0 {
			return
		}
		raw, err := base64.StdEncoding.DecodeString(string(s.text[from+1 : end]))
		if _, pass, ok := strings.Cut(string(raw), ":"); err == nil && ok && len(pass) > 2 && !placeholder(pass) {
			l := Leak{Kind: "registry credential", Name: "auth", Confidence: High}
			l.standsFor(pass)
			s.add(l, from+1, end)
		}
		at = end
	}
}

// nuget reads <add key="ClearTextPassword" value="…" />.
func (s *scan) nuget() {
	low := bytes.ToLower(s.text)
	for at := 0; ; {
		i := bytes.Index(low[at:], []byte(`password" value="`))
		if i < 0 || len(low) != len(s.text) {
			return
		}
		from := at + i + len(`password" value="`)
		end := s.closing(from, '"')
		if end < 0 {
			return
		}
		if value := string(s.text[from:end]); end-from >= 8 && (value[0] != '%' || value[len(value)-1] != '%') {
			s.chosen("registry credential", "Password", from, end)
		}
		at = end
	}
}
