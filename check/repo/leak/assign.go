package leak

import (
	"bytes"
	"regexp"
	"strings"
)

// assignment reads the name that a name word stands in, and what is assigned
// to it, in whatever language that is.
func (s *scan) assignment(start, end int) {
	if start < s.name {
		return // another word of a name that was read
	}
	left, right := start, end
	for left > 0 && start-left < 80 && nameByte(s.text[left-1]) {
		left--
	}
	for right < len(s.text) && right-end < 80 && nameByte(s.text[right]) {
		right++
	}
	s.name = right
	if !s.followed(right) {
		return
	}
	if left > 0 && s.text[left-1] == '\\' && bytes.HasPrefix(s.text[left:right], []byte("u0026")) { // & in JSON
		left += 5
	}
	name := string(s.text[left:right])
	sort := judgeName(name)
	if strings.EqualFold(name, "key") {
		sort = judgeName(s.parent(left) + "_" + name)
	}
	if sort == nothing {
		return
	}
	a := assigned{name: name, sort: sort, flag: strings.HasPrefix(name, "-")}
	if quote := s.at(left - 1); quote == '"' || quote == '\'' || quote == '`' {
		a.quotedName = quote == s.at(right)
	}
	a.tag = s.at(left-1) == '<'
	if before := s.at(left - 1); before != 0 && strings.IndexByte(";?&\"'", before) >= 0 && !a.quotedName {
		a.within = s.at(right) == '='
	} else if before == ' ' && s.file.code && s.at(right) == '=' {
		a.within = s.keywords(left) // "host=db user=app password=…"
	}
	if from := s.operator(right, &a); from >= 0 {
		s.value(from, &a)
	}
}

// followed reports whether what comes after a name can lead to a value: most
// words that look like names stand in sentences and calls.
func (s *scan) followed(at int) bool {
	for i := 0; i < 3 && strings.IndexByte("\"'`])", s.at(at)) >= 0; i++ {
		at++
	}
	return strings.IndexByte("\x00\n\r;}({&/*!<^%~", s.at(s.blanks(at))) < 0
}

// keywords reports whether the name at the offset follows another key=value
// within a quoted text, as libpq takes them.
func (s *scan) keywords(at int) bool {
	start, _ := s.lineOf(at)
	line := s.text[max(start, at-200):at]
	quote := bytes.LastIndexAny(line, "\"'`")
	return quote >= 0 && libpq.Match(line[quote+1:])
}

var libpq = regexp.MustCompile(`^(?:[a-z_]+=\S+ +)+$`)

func nameByte(b byte) bool { return isWord(b) || b == '-' || b == '.' || b == '$' }

// An assigned is a name and how its value is written.
type assigned struct {
	name       string
	sort       sort
	quotedName bool
	tag        bool // <name>
	flag       bool // --name
	tight      bool // no blank around the operator
	compare    bool // ==
	comma      bool
	within     bool // part of a connection string or of a query
	colon      bool
}

// operator skips what stands between a name and its value, and returns where
// the value begins; -1 if the name is not assigned anything.
func (s *scan) operator(at int, a *assigned) int {
	named := at
	for i := 0; i < 3 && strings.IndexByte("\"'`])", s.at(at)) >= 0 && s.at(at) != 0; i++ {
		at++
	}
	closed := at > named // the name stood in quotes
	spaced := s.blanks(at)
	a.tight = spaced == at
	at = spaced
	if word := s.word(at); word > at && !a.tag && !closed { // var name string = "…"
		if next := s.blanks(word); next > at && s.at(next) == '=' && s.at(next+1) != '=' {
			at = next
		} else if s.blankAssigns(at, a) {
			return at // --password value
		} else {
			return -1
		}
	}
	if a.tag && spaced > named { // <password encoding="base64">
		for i := at; i < at+100 && s.at(i) != 0 && s.at(i) != '\n'; i++ {
			if s.at(i) == '>' && s.at(i-1) != '/' {
				at = i
				break
			}
		}
	}
	begin := at
	for at-begin < 4 && strings.IndexByte(":=?+.|>-", s.at(at)) >= 0 && s.at(at) != 0 {
		at++
	}
	switch op := string(s.text[begin:at]); op {
	case "=", ":=", "::=", ":::=", "?=", "??=", "+=", ".=", "||=", "=>", "->":
	case "==", "===":
		a.compare = true
	case ":":
		a.colon = true
		next := s.blanks(at)
		if word := s.word(next); word > next { // name: string = "…"
			if eq := s.blanks(word); s.at(eq) == '=' && s.at(eq+1) != '=' && s.at(eq+1) != '>' {
				at = eq + 1
			}
		}
	case ">":
		if !a.tag {
			return -1
		}
		for at-begin < 200 && (s.at(at) == ' ' || s.at(at) == '\t' || s.at(at) == '\n' || s.at(at) == '\r') {
			at++
		}
		return at
	case "":
		if s.at(at) == ',' && a.quotedName {
			a.comma = true
			at++
			break
		}
		if s.blankAssigns(begin, a) {
			return at
		}
		return -1
	default:
		return -1
	}
	next := s.blanks(at)
	a.tight = a.tight && next == at
	return next
}

// blankAssigns reports whether a blank before the offset gives the name a
// value: after an option of a command, and in the old form of Docker's ENV.
func (s *scan) blankAssigns(at int, a *assigned) bool {
	if a.tight {
		return false
	}
	start, _ := s.lineOf(at)
	return a.flag || s.file.dockerfile() && bytes.HasPrefix(s.text[start:at], []byte("ENV "))
}

func (s *scan) blanks(at int) int {
	for at < len(s.text) && (s.text[at] == ' ' || s.text[at] == '\t') {
		at++
	}
	return at
}

// word returns the end of the identifier at the offset.
func (s *scan) word(at int) int {
	for at < len(s.text) && (isWord(s.text[at]) || s.text[at] == '[' || s.text[at] == ']' || s.text[at] == '*') {
		at++
	}
	return at
}

// value reads and judges what stands at the offset.
func (s *scan) value(at int, a *assigned) {
	for _, wrap := range [...]string{"[]byte(", "String(", "b", "r", "f", "u", "@", "L"} {
		if n := at + len(wrap); n < len(s.text) && string(s.text[at:n]) == wrap && strings.IndexByte("\"'`", s.text[n]) >= 0 {
			at = n
			break
		}
	}
	if at+1 < len(s.text) && s.text[at] == '\\' && s.text[at+1] == '"' { // JSON within a string
		s.judge(at+2, s.until(at+2, "\"\\\n"), a, true)
		return
	}
	quote := s.at(at)
	if s.at(at+1) == quote && s.at(at+2) == quote && (quote == '"' || quote == '\'') { // TOML, Python
		at += 2
	}
	if quote == '"' || quote == '\'' || quote == '`' {
		end := s.closing(at+1, quote)
		if end < 0 {
			return
		}
		value := s.text[at+1 : end]
		if i := bytes.IndexByte(value, '\n'); i >= 0 && len(bytes.TrimSpace(value[:i])) > 0 {
			return
		}
		s.judge(at+1, end, a, true)
		return
	}
	switch {
	case s.file.code && !a.tag && !a.within, a.comma, a.compare, s.file.expressions():
		return // an expression
	case a.colon && s.file.ext == ".json":
		return // a sentence within a string
	}
	end := s.bare(at, a)
	if a.colon && s.at(end) == '\\' && s.file.shell() {
		return // a pattern
	}
	s.judge(at, end, a, false)
	s.name = max(s.name, end)
}

// bare returns the end of a value without quotes.
func (s *scan) bare(at int, a *assigned) int {
	if a.tag {
		return s.until(at, "<\n\r")
	}
	end := s.until(at, " \t\r\n\"'`;,<>)}\\|")
	if a.within {
		end = s.until(at, " \t\r\n\"'`;&<>\\")
		if next := nextParameter.FindIndex(s.text[at:end]); next != nil {
			end = at + next[0]
		}
		return end
	}
	if s.file.config && a.sort == password && !s.file.shell() { // passwords hold anything
		line := s.until(at, "\r\n")
		if i := bytes.Index(s.text[at:line], []byte(" #")); i >= 0 {
			line = at + i
		}
		if whole := bytes.TrimRight(s.text[at:line], " \t,"); !bytes.ContainsAny(whole, " \t\"'") && !s.file.flow() {
			end = at + len(whole)
		}
	}
	return end
}

// nextParameter begins another part of a connection string.
var nextParameter = regexp.MustCompile(`,[\w ]+=`)

// jwtWithin is a value that the reader of JSON Web Tokens judges.
var jwtWithin = regexp.MustCompile(`(?:^|[^\w.])eyJ[\w-]{10,}\.eyJ[\w-]{8,}\.`)

// expressions reports whether values without quotes are never literal.
func (f *file) expressions() bool {
	return f.ext == ".tf" || f.ext == ".hcl" || f.ext == ".tfvars"
}

// shell reports whether a value without quotes ends at a blank.
func (f *file) shell() bool {
	switch f.ext {
	case ".sh", ".bash", ".zsh", ".ksh", ".fish", ".bat", ".cmd":
		return true
	}
	return f.dockerfile() || f.name == "makefile"
}

func (f *file) dockerfile() bool { return strings.Contains(f.name, "dockerfile") }

// flow reports whether values of the file end at commas and braces.
func (f *file) flow() bool {
	return strings.HasPrefix(f.ext, ".json") || f.ext == ".xml" || f.ext == ".tfstate"
}

// longestValue bounds a value, in bytes: what is longer is no single secret.
const longestValue = 1024

func (s *scan) until(at int, stop string) int {
	end := at
	for end < len(s.text) && end-at < longestValue && strings.IndexByte(stop, s.text[end]) < 0 {
		end++
	}
	return end
}

// closing returns where the quote ends, -1 if it does not on this line.
func (s *scan) closing(at int, quote byte) int {
	for i := at; i < len(s.text) && i-at < longestValue; i++ {
		switch b := s.text[i]; {
		case b == quote:
			return i
		case b == '\\' && quote != '`':
			if next := s.at(i + 1); next == 'n' || next == 'r' {
				return i // KEY=value\nNEXT=… within a string
			}
			i++
		case b == '\n' && quote != '`':
			return -1
		}
	}
	return -1
}

// judge decides whether a value is a secret, and notes it.
func (s *scan) judge(start, end int, a *assigned, quoted bool) {
	for end > start && (s.text[end-1] == ' ' || s.text[end-1] == '\t') {
		end--
	}
	if end <= start || end-start >= longestValue {
		return
	}
	value := string(s.text[start:end])
	basic := ""
	if scheme, rest, ok := strings.Cut(value, " "); ok && a.sort == secret && authScheme(scheme) {
		start += len(scheme) + 1
		value = rest
		if strings.EqualFold(scheme, "basic") {
			if basic, ok = basicAuth(value); !ok {
				return
			}
		}
	}
	if placeholder(value) && !(quoted && symbols(value) && !strings.Contains(value, "{{") && !strings.Contains(value, "}")) || strings.EqualFold(value, a.name) {
		return
	}
	if a.sort != password && (jwtWithin.MatchString(value) || strings.HasSuffix(strings.ToLower(value), "signature=")) {
		return // read as what it is, or the beginning of something that is put together
	}
	l := Leak{Kind: "secret value", Name: a.name, Confidence: Medium, Minor: s.shown(a, start)}
	switch a.sort {
	case password:
		l.Kind = "password"
		if !s.plausiblePassword(value, a, quoted) && !s.connection(value, start, quoted) {
			return
		}
		if s.file.quiet {
			return // the passwords of tests protect nothing
		}
		l.standsFor(value)
	case secret:
		strong := random(value) && secretValue(value) || quoted && symbols(value)
		if s.file.quiet || !strong && !(s.file.env && phrase(a.name, value)) {
			return
		}
		if !strong || basic != "" && !drawn(basic) {
			l.Hash = chosen
		}
	case vendor:
		if len(value) < 14 || !random(value) || !secretValue(value) || a.compare {
			return
		}
		if s.file.quiet {
			return
		}
	}
	s.add(l, start, end)
}

// phrase reports whether a file of settings gives a person's own words for a
// key, as in JWT_SECRET=our-signing-phrase-2024.
func phrase(name, value string) bool {
	words := split(name)
	last := words[len(words)-1]
	m := measure(value)
	return (last == "secret" || last == "key" || last == "salt") && len(value) >= 12 && m.digits > 0 && m.lower+m.upper > 5 && strings.Trim(value, "0123456789.") != "" &&
		!strings.ContainsAny(value, "/\\:()<>{}[] ") && !publicKey(value)
}

func publicKey(value string) bool {
	return strings.HasPrefix(value, "pk") || strings.HasPrefix(value, "pub") || strings.HasPrefix(value, "ssh-")
}

func authScheme(word string) bool {
	switch strings.ToLower(word) {
	case "bearer", "basic", "token", "apikey", "api-key", "api-token":
		return true
	}
	return false
}

// secretValue refuses what is random and yet no secret: addresses, paths,
// versions, public keys, checksums with their algorithm.
func secretValue(value string) bool {
	switch {
	case strings.Contains(value, "://"), strings.HasPrefix(value, "/"), strings.HasPrefix(value, "./"), strings.HasPrefix(value, "~"),
		strings.HasPrefix(value, "ssh-"), strings.HasPrefix(value, "sha256:"), strings.HasPrefix(value, "sha256-"), strings.HasPrefix(value, "sha512-"), strings.HasPrefix(value, "sha1-"),
		strings.HasPrefix(value, "arn:"), strings.HasPrefix(value, "data:"), strings.HasPrefix(value, "$2"), strings.HasPrefix(value, "$argon2"), strings.HasPrefix(value, "-----"),
		strings.HasPrefix(value, "phc_"), // PostHog's, for everybody
		strings.HasPrefix(value, "MII"), strings.HasPrefix(value, "#"), strings.ContainsAny(value, "()[]{}<>*?^\\"), strings.Contains(value, "::"):
		return false
	}
	if strings.Count(value, ".")+strings.Count(value, "/")+strings.Count(value, "-")+strings.Count(value, "_")+strings.Count(value, ":") > 0 {
		return !dotted(value)
	}
	return true
}

// symbols reports whether a value is long and mixes signs among letters and
// digits all over, as the keys of Django do.
func symbols(value string) bool {
	m := measure(value)
	return len(value) >= 32 && m.beyond == 0 && !strings.ContainsAny(value, "\\") && !strings.Contains(value, "[0-9") && m.digits >= 3 && m.other >= 5 && m.switches*5 >= len(value)*2 && !strings.Contains(value, "://")
}

// dotted reports whether most parts of a value between separators are words or
// numbers, as in a package name, a domain, a version.
func dotted(value string) bool {
	words, other := 0, 0
	for part := range strings.FieldsFuncSeq(value, func(r rune) bool { return strings.ContainsRune("./-_:", r) }) {
		m := measure(part)
		switch {
		case m.digits == len(part) && len(part) < 12, m.digits == 0 && pronounceable(part), m.digits == 0 && len(part) <= 4:
			words += len(part)
		case m.digits <= 2 && m.digits > 0 && m.other == 0 && len(part) > 3 && m.switches == 1 && pronounceable(strings.TrimRight(part, "0123456789")):
			words += len(part)
		default:
			other += len(part)
		}
	}
	return words > other
}

// plausiblePassword reports whether a value under the name of a password is
// one, and not a label, a type or a piece of code.
func (s *scan) plausiblePassword(value string, a *assigned, quoted bool) bool {
	if strings.Contains(value, ".") && strings.Trim(value, "0123456789.") == "" {
		return false // a version or an object identifier
	}
	if s.file.env && quoted && strings.Trim(strings.ToLower(value), "abcdefghijklmnopqrstuvwxyz ") == "" && strings.Count(value, " ") > 2 {
		return true // words strung together
	}
	if len(value) < 6 || len(value) > 200 || strings.Contains(value, "  ") || strings.Count(value, " ") > 0 && !s.file.config {
		return random(value)
	}
	if random(value) {
		return secretValue(value) || measure(value).other > 2 && !hashed(value)
	}
	m := measure(value)
	if m.beyond > 0 && m.digits == 0 || strings.Contains(value, "://") || strings.HasPrefix(value, "/") || strings.HasPrefix(value, ".") {
		return false
	}
	low := strings.ToLower(value)
	if plain := leet.Replace(low); notPasswords[low] || strings.Contains(plain, "password") && measure(plain).digits < 2 && m.digits < 3 || strings.Contains(low, "password") && m.digits < 2 && m.other < 2 || strings.Count(value, " ") > 0 {
		return false
	}
	if m.digits+m.other == 0 { // one word: a name or a label in code, a password in a file of settings
		return s.file.config && (quoted || !s.file.expressions()) && len(value) >= 8 && !vendorName(low) && m.upper == 0 && hclOrIni(&s.file)
	}
	if m.other > 0 && m.digits == 0 && strings.Trim(low, "abcdefghijklmnopqrstuvwxyz_-.:") == "" {
		return false // field-name, form.password
	}
	if a.within {
		return m.digits > 0 && !strings.ContainsAny(value, "()[]{}<>")
	}
	if s.file.code || a.compare || a.comma {
		return quoted && m.digits > 0 && len(value) >= 7 && (m.other > 0 || m.upper > 0 || m.digits > 1) && !strings.ContainsAny(value, "()[]{}<>=")
	}
	return (quoted || s.file.config) && len(value) >= 6 && !strings.ContainsAny(value, "()<>{}")
}

// leet undoes the usual disguises of letters: P@ssw0rd is password.
var leet = strings.NewReplacer("@", "a", "0", "o", "$", "s", "3", "e", "1", "i")

// hashed reports whether the value is a hash that a password was turned into,
// in the form that libraries write.
func hashed(value string) bool {
	for _, start := range [...]string{"$2a$", "$2b$", "$2y$", "$argon2", "$1$", "$5$", "$6$", "$scrypt$", "$pbkdf2", "pbkdf2_", "{SSHA", "{SHA", "{bcrypt}"} {
		if strings.HasPrefix(value, start) {
			return true
		}
	}
	return false
}

// hclOrIni reports whether the file is one in which a plain word under the
// name of a password is the password.
func hclOrIni(f *file) bool {
	switch f.ext {
	case ".tf", ".hcl", ".tfvars", ".ini", ".cnf", ".properties", ".env", ".toml", ".cfg":
		return true
	}
	return false
}

// notPasswords stand under the name of a password and are none.
var notPasswords = set(`string boolean integer required optional hidden disabled enabled default unknown missing invalid current-password new-password current_password new_password text none null false true undefined input object sensitive
	password passwd secret admin root user guest test postgres mysql redis mongo rabbitmq localhost bcrypt argon2 argon2id argon2i scrypt pbkdf2 sha256 sha512 sha1 md5 plain scram-sha-256 md5crypt 123456 12345678 1q2w3e4r bar123 foo123 pass123 test123 test1234 user123`)
