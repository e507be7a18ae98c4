package audit

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// masked stands for a value that is not shown; secrets.Secret prints the same.
const masked = "[secret]"

// stems make a name sensitive wherever they stand in it: they are long enough
// not to be part of an innocent word.
var stems = []string{
	"password", "passwd", "passphrase", "passcode", "secret", "token", "apikey", "credential", "signature",
	"authorization", "cookie", "sessionid", "privatekey", "bearer", "recoverycode", "csrf", "xsrf", "totp",
}

// words make a name sensitive when one of its words is one of them. As parts
// of words they are innocent: author, monkey, passenger, spinning.
var words = map[string]bool{
	"pass": true, "pwd": true, "pw": true, "key": true, "keys": true, "auth": true, "pin": true, "otp": true, "dsn": true,
	"private": true, "sig": true, "jwt": true, "salt": true, "pepper": true, "cvv": true, "cvc": true, "ssn": true, "iban": true,
}

// whole are sensitive names that are innocent as a word of another name:
// status_code.
var whole = map[string]bool{"code": true, "session": true, "sid": true, "hash": true, "nonce": true}

// harmless are names that the rules above would mask for nothing.
var harmless = map[string]bool{"keyid": true, "publickey": true, "kid": true, "authmethod": true, "sessioncount": true, "tokentype": true}

// maxName bounds how much of a name is looked at.
const maxName = 128

// Sensitive reports whether a value called name is likely to open something: a
// password, a token, a cookie, a key, an address with credentials. It compares
// by words, in whatever way the name joins them (user_password, X-Api-Key,
// dbPwd, HTTP_COOKIE), and knows what Django's pattern misses: PWD, DSN,
// CREDENTIALS, PRIVATE, CSRF, pass, otp and pin.
func Sensitive(name string) bool {
	if len(name) > maxName {
		name = name[:maxName]
	}
	var joined strings.Builder
	found := false
	for word := range nameWords(name) {
		joined.WriteString(word)
		found = found || words[word]
	}
	flat := joined.String()
	if harmless[flat] {
		return false
	}
	if found || whole[flat] {
		return true
	}
	for _, s := range stems {
		if strings.Contains(flat, s) {
			return true
		}
	}
	return false
}

// nameWords yields the words of a name in lower case: userID2 is user, id2.
func nameWords(name string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		start := 0
		var last rune
		flush := func(end int) bool {
			word := name[start:end]
			return word == "" || yield(strings.ToLower(word))
		}
		for i, r := range name {
			switch {
			case !unicode.IsLetter(r) && !unicode.IsDigit(r):
				if !flush(i) {
					return
				}
				start = i + utf8.RuneLen(r)
				if r == utf8.RuneError {
					_, n := utf8.DecodeRuneInString(name[i:])
					start = i + n
				}
			case unicode.IsUpper(r) && (unicode.IsLower(last) || unicode.IsUpper(last) && lowerFollows(name[i:])):
				if !flush(i) {
					return
				}
				start = i
			}
			last = r
		}
		flush(len(name))
	}
}

// lowerFollows reports whether text's second rune is lower case: the P of
// HTTPProxy begins a word.
func lowerFollows(text string) bool {
	_, n := utf8.DecodeRuneInString(text)
	r, _ := utf8.DecodeRuneInString(text[n:])
	return unicode.IsLower(r)
}

// RedactText returns text without the secrets that can be told by their shape:
// the password in an address (postgres://user:password@host), the value after a
// sensitive name (?token=…, password=…, session=…), and what follows Bearer or
// Basic. It is the second net; names are the first.
func RedactText(text string) string {
	if strings.Contains(text, "://") {
		text = redactUserinfo(text)
	}
	if strings.IndexByte(text, '=') >= 0 || strings.IndexByte(text, ':') >= 0 {
		text = redactPairs(text)
	}
	return redactSchemes(text)
}

// redactUserinfo masks what stands between "//" and "@" in an address.
func redactUserinfo(text string) string {
	var out strings.Builder
	for {
		i := strings.Index(text, "://")
		if i < 0 {
			break
		}
		i += len("://")
		out.WriteString(text[:i])
		text = text[i:]
		authority := text
		if end := strings.IndexAny(authority, "/?# \t\"'<>"); end >= 0 {
			authority = authority[:end]
		}
		// A password may hold an unescaped slash; then the @ comes after it.
		if at := strings.LastIndexByte(authority, '@'); at >= 0 {
			out.WriteString(masked)
			text = text[at:]
		} else if at := strings.IndexByte(text, '@'); at >= 0 && strings.IndexByte(authority, ':') >= 0 && !strings.ContainsAny(text[:at], " \t?#") {
			out.WriteString(masked)
			text = text[at:]
		}
	}
	out.WriteString(text)
	return out.String()
}

// between are the bytes that end a name or a value in a query, a cookie, a
// connection string or a form.
const between = "&;,? \t\r\n\"'{}[]()<>|"

// redactPairs masks the values of sensitive names in name=value and "name":value.
func redactPairs(text string) string {
	var out strings.Builder
	for {
		i := strings.IndexAny(text, "=:")
		if i < 0 {
			break
		}
		name := strings.TrimRight(text[:i], "\"' ")
		name = name[strings.LastIndexAny(name, between)+1:]
		out.WriteString(text[:i+1])
		text = text[i+1:]
		if !Sensitive(name) || strings.HasPrefix(text, "//") {
			continue
		}
		blank := len(text) - len(strings.TrimLeft(text, " \t"))
		value := text[blank:]
		end := valueEnd(value)
		if end > 0 && value[:end] != masked {
			out.WriteString(text[:blank])
			out.WriteString(masked)
			text = value[end:]
		}
	}
	out.WriteString(text)
	return out.String()
}

// valueEnd returns where a value ends: at its closing quote, or before the next
// separator.
func valueEnd(value string) int {
	if value == "" {
		return 0
	}
	if q := value[0]; q == '"' || q == '\'' {
		for i := 1; i < len(value); i++ {
			if value[i] == '\\' {
				i++
			} else if value[i] == q {
				return i + 1
			}
		}
		return len(value)
	}
	if end := strings.IndexAny(value, between); end >= 0 {
		return end
	}
	return len(value)
}

// redactSchemes masks what follows the name of an HTTP authentication scheme.
func redactSchemes(text string) string {
	for _, scheme := range []string{"bearer ", "basic ", "mk_"} {
		for from := 0; ; {
			i := indexFold(text[from:], scheme)
			if i < 0 {
				break
			}
			i += from
			start := i + len(scheme)
			if scheme == "mk_" { // an API key shows itself
				start = i
			}
			end := start
			for end < len(text) && strings.IndexByte(between, text[end]) < 0 {
				end++
			}
			from = end
			if end-start >= 8 && (i == 0 || !isWord(text[i-1])) {
				text = text[:start] + masked + text[end:]
				from = start + len(masked)
			}
		}
	}
	return text
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// indexFold is strings.Index for a lower-case ASCII needle, ignoring case.
func indexFold(text, needle string) int {
	for i := 0; i+len(needle) <= len(text); i++ {
		if strings.EqualFold(text[i:i+len(needle)], needle) {
			return i
		}
	}
	return -1
}
