package live

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A cookie is what is kept of a Set-Cookie header: everything but the value.
type cookie struct {
	name     string
	size     int // of name and value, in bytes
	random   bool
	bits     float64           // how much could be in the value at most
	mark     [sha256.Size]byte // of the value, to tell it from another
	unsigned bool              // the value is a token that says it has no signature
	secure   bool
	httpOnly bool
	domain   string
	path     string
	hasSite  bool
	sameSite string // as sent, in lower case
	maxAge   int64  // seconds; 0 if it lives as long as the browser
	deletes  bool
	from     string // the request that set it
	overTLS  bool
	page     *answer
}

// maxCookies bounds how many are read of one answer.
const maxCookies = 100

// readCookies reads the Set-Cookie headers of an answer.
func readCookies(a *answer, now time.Time) []cookie {
	var list []cookie
	for _, line := range a.header.Values("Set-Cookie") {
		if len(list) == maxCookies {
			break
		}
		if c, ok := parseCookie(line, now); ok {
			c.from, c.overTLS, c.page = a.request(), a.https(), a
			list = append(list, c)
		}
	}
	return list
}

// parseCookie reads a Set-Cookie header as a browser does (RFC 6265bis section
// 5.6): attributes that are unknown or empty are passed over, the last wins.
func parseCookie(line string, now time.Time) (cookie, bool) {
	const most = 16 << 10
	if len(line) > most {
		line = line[:most]
	}
	pair, rest, _ := strings.Cut(line, ";")
	name, value, ok := strings.Cut(pair, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !ok || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return cookie{}, false
	}
	c := cookie{
		name: name, size: len(name) + len(value), random: looksRandom(value), bits: mostBits(value, now), mark: sha256.Sum256([]byte(value)), unsigned: unsigned(value),
	}
	expires := int64(0)
	for part := range strings.SplitSeq(rest, ";") {
		key, value, _ := strings.Cut(part, "=")
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "secure":
			c.secure = true
		case "httponly":
			c.httpOnly = true
		case "domain":
			c.domain = strings.ToLower(strings.TrimPrefix(value, "."))
		case "path":
			c.path = value
		case "samesite":
			c.hasSite, c.sameSite = true, strings.ToLower(value)
		case "max-age":
			if n, err := strconv.ParseInt(value, 10, 64); err == nil {
				c.maxAge, c.deletes = n, n <= 0
			}
		case "expires":
			if at, err := http.ParseTime(value); err == nil {
				expires = int64(at.Sub(now) / time.Second)
				if c.maxAge == 0 && !c.deletes {
					c.deletes = expires <= 0
				}
			}
		}
	}
	if c.maxAge == 0 && expires > 0 {
		c.maxAge = expires
	}
	return c, true
}

// looksRandom reports whether a value could be a token: long and mixed. The
// value itself is not kept.
func looksRandom(value string) bool {
	if len(value) < 16 {
		return false
	}
	distinct := map[rune]bool{}
	for _, r := range value {
		distinct[r] = true
	}
	return len(distinct) >= 10
}

// mostBits returns how many bits a value of that length, of the letters that it
// has, can hold; 0 for the time of day, which is no number of a session.
func mostBits(value string, now time.Time) float64 {
	const day = 24 * 60 * 60
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		for _, at := range []int64{n, n / 1000} { // in seconds, or in thousandths
			if gap := at - now.Unix(); -day < gap && gap < day {
				return 0
			}
		}
	}
	digits, hex, other := true, true, false
	for _, r := range value {
		digits = digits && r >= '0' && r <= '9'
		hex = hex && strings.ContainsRune("0123456789abcdefABCDEF-", r)
		other = other || !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}
	bits := 5.95
	switch {
	case digits:
		bits = 3.32
	case hex:
		bits = 4
	case other:
		bits = 6.5
	}
	return bits * float64(len(value))
}

// unsigned reports whether a value is a JSON Web Token with the algorithm none.
func unsigned(value string) bool {
	head, rest, ok := strings.Cut(value, ".")
	if !ok || !strings.Contains(rest, ".") || len(head) > 1024 {
		return false
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(head, "="))
	var header struct{ Alg string }
	return err == nil && json.Unmarshal(text, &header) == nil && strings.EqualFold(header.Alg, "none")
}

// identifier reports whether the name is one of those that hold the number of a
// session and nothing else: others may say the same to every visitor.
func (c *cookie) identifier() bool {
	name := c.bare()
	return slices.ContainsFunc([]string{"sid", "sessid", "sessionid", "session_id", "session-id", "session", "sess"}, func(end string) bool { return strings.HasSuffix(name, end) }) ||
		strings.HasPrefix(name, "aspsessionid")
}

// sessionNames are the names, and parts of names, under which frameworks and
// people keep what stands for a signed-in user.
var (
	sessionNames = []string{
		"sid", "ssid", "jsessionid", "phpsessid", "aspsessionid", "asp.net_sessionid", ".aspxauth", ".aspnetcore.cookies", ".aspnetcore.identity.application",
		"connect.sid", "cfid", "cftoken", "laravel_session", "ci_session", "sessionid", "rack.session", "play_session", "jwt", "auth", "token", "access_token",
		"refresh_token", "id_token", "remember_me", "remember_token", "remember-me", "wordpress_logged_in", "user_session", "koa.sid", "express.sid", "express:sess",
		"sb-access-token", "better-auth.session_token", "next-auth.session-token", "authjs.session-token", "apikey", "api_key", "bearer", "credentials", "sso",
	}
	sessionParts = []string{"sess", "login", "auth", "jwt", "token", "remember", "signin", "logged_in", "bearer", "passport", "identity", "apikey"}
	// notSessions speak of something else with the same letters.
	notSessions = []string{"csrf", "xsrf", "author", "sessionstorage", "requestverification", "antiforgery"}
)

// bare is the name without the prefixes that browsers act on.
func (c *cookie) bare() string {
	name := strings.ToLower(c.name)
	for _, prefix := range []string{"__host-http-", "__http-", "__host-", "__secure-"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			return rest
		}
	}
	return name
}

func (c *cookie) prefixed(prefix string) bool {
	return len(c.name) >= len(prefix) && strings.EqualFold(c.name[:len(prefix)], prefix)
}

// forgeryNames are parts of the names of tokens that guard against forgery.
var forgeryNames = []string{"csrf", "xsrf", "antiforgery", "requestverification", "authenticity_token"}

// csrf reports whether the cookie is an anti-forgery token, which a script of
// the page may have to read.
func (c *cookie) csrf() bool {
	name := c.bare()
	return slices.ContainsFunc(forgeryNames, func(part string) bool { return strings.Contains(name, part) })
}

// session reports whether the name says that the cookie stands for a user.
func (c *cookie) session() bool {
	name := c.bare()
	if c.csrf() || slices.ContainsFunc(notSessions, func(part string) bool { return strings.Contains(name, part) }) {
		return false
	}
	return slices.Contains(sessionNames, name) || slices.ContainsFunc(sessionParts, func(part string) bool { return strings.Contains(name, part) }) ||
		slices.ContainsFunc(strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("._-:", r) }), func(word string) bool { return word == "sid" })
}

// shown is the cookie for the report, without its value.
func (c *cookie) shown() string {
	text := clip(c.name, 100) + "=…"
	if c.domain != "" {
		text += "; Domain=" + clip(c.domain, 100)
	}
	if c.path != "" {
		text += "; Path=" + clip(c.path, 100)
	}
	if c.secure {
		text += "; Secure"
	}
	if c.httpOnly {
		text += "; HttpOnly"
	}
	if c.hasSite {
		text += "; SameSite=" + clip(c.sameSite, 20)
	}
	return text
}
