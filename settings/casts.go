package settings

import (
	"cmp"
	"errors"
	"math"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/merlon-go/merlon/secrets"
)

// The casts below are strict, ignore white space around a value, know ASCII
// digits only, and never put the value into an error.

// ParseBool accepts true t yes y on 1 and false f no n off 0 in any case, the
// union of what python-decouple and django-environ take for a boolean. All else
// is an error: django-environ reads "enabled" and "tru" as false.
func ParseBool(text string) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "t", "yes", "y", "on", "1":
		return true, nil
	case "false", "f", "no", "n", "off", "0":
		return false, nil
	}
	return false, errors.New("not a boolean; use true or false")
}

// ParseInt accepts an optional minus sign and ASCII digits.
func ParseInt(text string) (int64, error) {
	text = strings.TrimSpace(text)
	if !digits(strings.TrimPrefix(text, "-")) {
		return 0, errors.New("not a whole number")
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, errors.New("a number out of range")
	}
	return n, nil
}

// ParseFloat accepts a decimal number with a point and perhaps an exponent.
// django-environ reads "1e5" as 15 and "123.420.333,3" as 123420333.3.
func ParseFloat(text string) (float64, error) {
	text = strings.TrimSpace(text)
	for _, c := range []byte(text) {
		if !('0' <= c && c <= '9' || strings.IndexByte("+-.eE", c) >= 0) {
			return 0, errors.New("not a decimal number; use a point")
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, errors.New("not a decimal number; use a point")
	}
	return f, nil
}

// units of durations, the longest first, as they must follow each other.
var durationUnits = []struct {
	name string
	size time.Duration
}{
	{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute},
	{"s", time.Second}, {"ms", time.Millisecond},
}

// ParseDuration accepts whole numbers with the units w, d, h, m, s and ms, the
// longest first, such as "14d", "1h30m" and "500ms", and 0. A number without a
// unit is an error: it is seconds in one Django setting and hours in another.
func ParseDuration(text string) (time.Duration, error) { return parseDuration(text, false) }

func parseDuration(text string, plainSeconds bool) (time.Duration, error) {
	bad := errors.New("not a duration; write it like 90s, 15m, 24h or 14d")
	tooLong := errors.New("a duration out of range")
	text = strings.TrimSpace(text)
	if digits(text) {
		n, err := strconv.ParseInt(text, 10, 64)
		switch {
		case err != nil || n > math.MaxInt64/int64(time.Second):
			return 0, tooLong
		case n != 0 && !plainSeconds:
			return 0, errors.New("a duration without a unit; write it like 90s, 15m, 24h or 14d")
		}
		return time.Duration(n) * time.Second, nil
	}
	if text == "" {
		return 0, bad
	}
	var total time.Duration
	units := durationUnits
	for text != "" {
		end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
		if end <= 0 {
			return 0, bad
		}
		n, err := strconv.ParseInt(text[:end], 10, 64)
		if err != nil {
			return 0, tooLong
		}
		text = text[end:]
		next := strings.IndexFunc(text, func(r rune) bool { return '0' <= r && r <= '9' })
		if next < 0 {
			next = len(text)
		}
		for len(units) > 0 && units[0].name != text[:next] {
			units = units[1:]
		}
		if len(units) == 0 {
			return 0, bad
		}
		size := int64(units[0].size)
		if n > (math.MaxInt64-int64(total))/size {
			return 0, tooLong
		}
		total += time.Duration(n * size)
		units, text = units[1:], text[next:]
	}
	return total, nil
}

// FormatDuration writes d as ParseDuration reads it.
func FormatDuration(d time.Duration) string {
	if d <= 0 {
		return "0"
	}
	var b strings.Builder
	for _, u := range durationUnits {
		if u.name == "w" {
			continue // people count in days
		}
		if n := d / u.size; n > 0 {
			b.WriteString(strconv.FormatInt(int64(n), 10) + u.name)
			d -= n * u.size
		}
	}
	return b.String()
}

var sizeUnits = []struct {
	name string
	size int64
}{
	{"gib", 1 << 30}, {"mib", 1 << 20}, {"kib", 1 << 10}, {"gb", 1e9}, {"mb", 1e6}, {"kb", 1e3}, {"b", 1}, {"", 1},
}

// ParseSize accepts a whole number of bytes, alone or with one of the units B,
// kB, MB, GB (thousands), KiB, MiB, GiB (1024s), in any case and with a space
// perhaps. "1M" is an error, for programs disagree on what it is.
func ParseSize(text string) (int64, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(text)
	}
	n, err := strconv.ParseInt(text[:end], 10, 64)
	unit := strings.TrimLeft(text[end:], " ")
	for _, u := range sizeUnits {
		switch {
		case unit != u.name || end == 0:
		case err != nil || n > math.MaxInt64/u.size:
			return 0, errors.New("a size out of range")
		default:
			return n * u.size, nil
		}
	}
	return 0, errors.New("not a size; write it like 512KiB, 1MiB or 10MB")
}

// FormatSize writes n as ParseSize reads it.
func FormatSize(n int64) string {
	for _, u := range []struct {
		name string
		size int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= u.size && n%u.size == 0 {
			return strconv.FormatInt(n/u.size, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

// ParseDate accepts a day such as 2026-05-01, which begins at midnight UTC, and
// a moment in RFC 3339. Empty is the zero time.
func ParseDate(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errors.New("not a date; write it like 2026-05-01 or 2026-05-01T12:00:00Z")
}

// ParseList splits at commas and line ends. White space around an element goes,
// and so do empty elements. An element that begins with a double quote ends
// with one and may hold commas, line ends and, doubled, quotes. Anywhere else
// quotes, apostrophes, backslashes and # are ordinary: python-decouple drops
// what follows a # and fails at an apostrophe.
func ParseList(text string) ([]string, error) {
	var items []string
	for {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		if text == "" {
			return items, nil
		}
		var item string
		if text[0] == '"' {
			var err error
			if item, text, err = quoted(text); err != nil {
				return nil, err
			}
			items = append(items, item)
			continue
		}
		end := strings.IndexAny(text, ",\n")
		if end < 0 {
			end = len(text)
		}
		if item = strings.TrimSpace(text[:end]); item != "" {
			items = append(items, item)
		}
		text = text[min(end+1, len(text)):]
	}
}

// quoted takes a quoted element and the separator after it off text.
func quoted(text string) (item, rest string, err error) {
	var b strings.Builder
	for text = text[1:]; ; {
		end := strings.IndexByte(text, '"')
		if end < 0 {
			return "", "", errors.New("a list with a quote that is not closed")
		}
		b.WriteString(text[:end])
		text = text[end+1:]
		if !strings.HasPrefix(text, `"`) {
			break
		}
		b.WriteByte('"')
		text = text[1:]
	}
	after, rest, _ := cutSeparator(text)
	if strings.TrimSpace(after) != "" {
		return "", "", errors.New("a list with text after a closing quote")
	}
	return b.String(), rest, nil
}

func cutSeparator(text string) (before, after string, found bool) {
	if i := strings.IndexAny(text, ",\n"); i >= 0 {
		return text[:i], text[i+1:], true
	}
	return text, "", false
}

// FormatList writes items as ParseList reads them.
func FormatList(items []string) string {
	out := make([]string, len(items))
	for i, item := range items {
		if item == "" || item != strings.TrimSpace(item) || item[0] == '"' || strings.ContainsAny(item, ",\n") {
			item = `"` + strings.ReplaceAll(item, `"`, `""`) + `"`
		}
		out[i] = item
	}
	return strings.Join(out, ",")
}

// ParseWebURL accepts an http or https URL with a host and without user, query
// or fragment. Empty is nil.
func ParseWebURL(text string) (*url.URL, error) {
	text, err := parseText(text)
	if err != nil || text == "" {
		return nil, err
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("not a URL; write it like https://www.example.com")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("not an http or https URL")
	case u.User != nil:
		return nil, errors.New("a URL with a user or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(text, "#"):
		return nil, errors.New("a URL with a query or fragment")
	}
	host, err := parseHost(u.Host, false)
	if err != nil {
		return nil, err
	}
	u.Host = host.String()
	return u, nil
}

// parseOrigin is ParseWebURL for a URL without a path.
func parseOrigin(text string) (*url.URL, error) {
	u, err := ParseWebURL(text)
	if err != nil || u == nil {
		return nil, err
	}
	if strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("a path, where an origin such as https://www.example.com belongs")
	}
	u.Path, u.RawPath = "", ""
	return u, nil
}

// parseListen accepts HOST:PORT, :PORT and [IPV6]:PORT.
func parseListen(text string) (string, error) {
	text = strings.TrimSpace(text)
	host, err := parseHost(strings.TrimPrefix(text, "*"), true)
	if err != nil || !strings.Contains(text, ":") || text[len(text)-1] == ':' || text[len(text)-1] == ']' {
		return "", errors.New("not an address to listen on; write it like 127.0.0.1:8000, :8000 or [::1]:8000")
	}
	return hostPort(host.Name, host.Port), nil
}

// loopback reports whether only this machine can reach the address.
func loopback(listen string) bool {
	host, err := parseHost(listen, true)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host.Name)
	return err == nil && addr.IsLoopback() || host.Name == "localhost"
}

func parseText(text string) (string, error) {
	text = strings.TrimSpace(text)
	if !utf8.ValidString(text) {
		return "", errors.New("not UTF-8")
	}
	if strings.IndexFunc(text, unicode.IsControl) >= 0 {
		return "", errors.New("a line end or another control character")
	}
	return text, nil
}

func parseParagraph(text string) (string, error) {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	for i := range lines {
		lines[i] = strings.Trim(lines[i], " \t")
	}
	return parseText(strings.ReplaceAll(strings.Join(lines, " "), "\t", " "))
}

func parseChoice(text string, words []string) (string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, word := range words {
		if text == word {
			return word, nil
		}
	}
	return "", errors.New("not one of " + strings.Join(words, ", "))
}

func parseSecret(text string) (secrets.Secret, error) {
	if strings.IndexByte(text, 0) >= 0 {
		return secrets.Secret{}, errors.New("a NUL character")
	}
	return secrets.New(text), nil
}

func digits(text string) bool {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return text != ""
}

func inRange[T cmp.Ordered](v, lowest, highest T, show func(T) string) (T, error) {
	switch {
	case v < lowest:
		return v, errors.New("too small; the least is " + show(lowest))
	case v > highest:
		return v, errors.New("too large; the most is " + show(highest))
	}
	return v, nil
}
