package settings

import (
	"errors"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/merlon-go/merlon/secrets"
)

// Key describes one setting, for documentation and for tools.
type Key struct {
	// Name is the name without prefix, such as "SECRET_KEY".
	Name string
	// Type is the kind of value in a word, such as "duration".
	Type string
	// Default is what holds when nothing is set, as it would be written; ""
	// means none. DevDefault is the one under Dev where it differs.
	Default, DevDefault string
	// Doc says what the setting does, in one line.
	Doc string
	// Secret says that the value is never shown.
	Secret bool
	// Required says that there is no default outside Dev.
	Required bool
}

// Setting is one key together with the variable it fills. A package that adds
// settings of its own to [Source.Extra] makes them with [Text], [Bool], [Int],
// [Float], [Duration], [Seconds], [Size], [List], [WebURL] and [SecretText].
// Methods return a changed copy.
type Setting struct {
	Key
	// set casts a value and stores it. Its errors never hold the value.
	set func(v value, resolve resolver) error
	// show returns what is stored, masked.
	show func() string
	// schemes are the URL schemes that are the setting's own and therefore
	// never those of a provider; nil means the setting is not a URL.
	schemes []string
	// bare says that the name counts without prefix, too.
	bare bool
	// emptyIsDefault says that an empty value means the default, because it
	// could mean nothing else.
	emptyIsDefault bool
	// table says how a table of merlon.toml becomes a value; nil refuses one.
	table func(pairs []pair) value
	// devDefault says that DevDefault counts, even if it is empty.
	devDefault bool
}

// value is a setting's value before its cast: one text, or the elements of an
// array in merlon.toml.
type value struct {
	text  string
	items []string
	array bool
}

// pair is one entry of a table in merlon.toml.
type pair struct{ key, text string }

// resolver replaces a reference such as "vault://path" by what it stands for
// and returns any other text as it is.
type resolver func(text string) (string, error)

// Dev returns s with another default under Dev.
func (s Setting) Dev(text string) Setting {
	s.DevDefault, s.devDefault = text, true
	return s
}

// Require returns s without a default outside Dev: it must be set and not empty.
func (s Setting) Require() Setting {
	s.Required = true
	return s
}

// Unprefixed returns s known by its bare name as well, as platforms set
// DATABASE_URL. At each place the prefixed name wins.
func (s Setting) Unprefixed() Setting {
	s.bare = true
	return s
}

// scalar makes a Setting whose value is a single text.
func scalar(key Key, set func(string) error, show func() string) Setting {
	return Setting{Key: key, show: show, emptyIsDefault: true, set: func(v value, resolve resolver) error {
		if v.array {
			return errors.New("a list where a single value belongs")
		}
		text, err := resolve(v.text)
		if err != nil {
			return err
		}
		return set(text)
	}}
}

// cast makes a scalar from a parser and a printer.
func cast[T any](p *T, key Key, parse func(string) (T, error), show func(T) string) Setting {
	return scalar(key, func(text string) error {
		v, err := parse(text)
		if err != nil {
			return err
		}
		*p = v
		return nil
	}, func() string { return show(*p) })
}

// Text declares a text without control characters, trimmed of white space.
// Empty is a value.
func Text(name string, p *string, fallback, doc string) Setting {
	s := cast(p, Key{Name: name, Type: "text", Default: fallback, Doc: doc}, parseText, identity)
	s.emptyIsDefault = false
	return s
}

// Paragraph declares a text that may be written over several lines, which
// become spaces. Empty is a value.
func Paragraph(name string, p *string, fallback, doc string) Setting {
	s := cast(p, Key{Name: name, Type: "text", Default: fallback, Doc: doc}, parseParagraph, identity)
	s.emptyIsDefault = false
	return s
}

// Choice declares a text that is one of words.
func Choice(name string, p *string, fallback, doc string, words ...string) Setting {
	key := Key{Name: name, Type: "one of " + strings.Join(words, ", "), Default: fallback, Doc: doc}
	return cast(p, key, func(text string) (string, error) { return parseChoice(text, words) }, identity)
}

// Bool declares a boolean; see [ParseBool].
func Bool(name string, p *bool, fallback bool, doc string) Setting {
	return cast(p, Key{Name: name, Type: "boolean", Default: strconv.FormatBool(fallback), Doc: doc}, ParseBool, strconv.FormatBool)
}

// Int declares a whole number from lowest to highest; see [ParseInt].
func Int(name string, p *int, fallback, lowest, highest int, doc string) Setting {
	key := Key{Name: name, Type: "number", Default: strconv.Itoa(fallback), Doc: doc}
	return cast(p, key, func(text string) (int, error) {
		n, err := ParseInt(text)
		if err != nil {
			return 0, errors.New("not a whole number from " + strconv.Itoa(lowest) + " to " + strconv.Itoa(highest))
		}
		return inRange(int(n), lowest, highest, strconv.Itoa)
	}, strconv.Itoa)
}

// Float declares a decimal number; see [ParseFloat].
func Float(name string, p *float64, fallback float64, doc string) Setting {
	return cast(p, Key{Name: name, Type: "decimal number", Default: formatFloat(fallback), Doc: doc}, ParseFloat, formatFloat)
}

func formatFloat(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

// Duration declares a duration from lowest to highest; see [ParseDuration].
// Where name ends in _SECONDS or _AGE a bare number counts seconds, as in Django.
func Duration(name string, p *time.Duration, fallback, lowest, highest time.Duration, doc string) Setting {
	key := Key{Name: name, Type: "duration", Default: FormatDuration(fallback), Doc: doc}
	if plainSeconds(name) {
		key.Type = "duration or seconds"
	}
	return cast(p, key, func(text string) (time.Duration, error) {
		d, err := parseDuration(text, plainSeconds(name))
		if err != nil {
			return 0, err
		}
		return inRange(d, lowest, highest, FormatDuration)
	}, FormatDuration)
}

// Seconds declares a number of whole seconds, which may also be written as a
// duration.
func Seconds(name string, p *int64, fallback, highest int64, doc string) Setting {
	show := func(n int64) string { return strconv.FormatInt(n, 10) }
	return cast(p, Key{Name: name, Type: "seconds", Default: show(fallback), Doc: doc}, func(text string) (int64, error) {
		d, err := parseDuration(text, true)
		if err != nil {
			return 0, err
		}
		if d%time.Second != 0 {
			return 0, errors.New("not a whole number of seconds")
		}
		return inRange(int64(d/time.Second), 0, highest, show)
	}, show)
}

// Size declares a number of bytes from lowest up; see [ParseSize].
func Size(name string, p *int64, fallback, lowest int64, doc string) Setting {
	return cast(p, Key{Name: name, Type: "size", Default: FormatSize(fallback), Doc: doc}, func(text string) (int64, error) {
		n, err := ParseSize(text)
		if err != nil {
			return 0, err
		}
		return inRange(n, lowest, math.MaxInt64, FormatSize)
	}, FormatSize)
}

// Date declares a day or a moment, in RFC 3339; see [ParseDate].
func Date(name string, p *time.Time, doc string) Setting {
	return cast(p, Key{Name: name, Type: "date", Doc: doc}, ParseDate, func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.RFC3339)
	})
}

// List declares a list of texts; see [ParseList]. Empty is the empty list.
func List(name string, p *[]string, fallback, doc string) Setting {
	return list(Key{Name: name, Type: "list", Default: fallback, Doc: doc}, func(items []string) error {
		for _, item := range items {
			if _, err := parseText(item); err != nil {
				return err
			}
		}
		*p = items
		return nil
	}, func() string { return FormatList(*p) })
}

func list(key Key, set func([]string) error, show func() string) Setting {
	return Setting{Key: key, show: show, set: func(v value, resolve resolver) error {
		items := v.items
		if !v.array {
			var err error
			if items, err = ParseList(v.text); err != nil {
				return err
			}
		}
		out := make([]string, 0, len(items))
		for _, item := range items {
			text, err := resolve(item)
			if err != nil {
				return err
			}
			out = append(out, text)
		}
		if len(out) == 0 {
			out = nil
		}
		return set(out)
	}}
}

// SecretText declares a secret, taken as it is, white space included.
func SecretText(name string, p *secrets.Secret, doc string) Setting {
	s := cast(p, Key{Name: name, Type: "secret", Doc: doc, Secret: true}, parseSecret, masked)
	s.emptyIsDefault = false
	return s
}

// SecretList declares a list of secrets.
func SecretList(name string, p *[]secrets.Secret, doc string) Setting {
	return list(Key{Name: name, Type: "list of secrets", Doc: doc, Secret: true}, func(items []string) error {
		var out []secrets.Secret
		for _, item := range items {
			s, err := parseSecret(item)
			if err != nil {
				return err
			}
			out = append(out, s)
		}
		*p = out
		return nil
	}, func() string {
		shown := make([]string, len(*p))
		for i, s := range *p {
			shown[i] = masked(s)
		}
		return strings.Join(shown, ",")
	})
}

// WebURL declares an http or https URL; see [ParseWebURL]. Empty is nil.
func WebURL(name string, p **url.URL, doc string) Setting {
	return webURL(p, Key{Name: name, Type: "URL", Doc: doc}, ParseWebURL)
}

func webURL(p **url.URL, key Key, parse func(string) (*url.URL, error)) Setting {
	s := cast(p, key, parse, func(u *url.URL) string {
		if u == nil {
			return ""
		}
		return u.Redacted()
	})
	s.schemes = []string{"http", "https"}
	return s
}

// ServiceURL declares the address of a service, with a password perhaps: parse
// is [ParseDatabaseURL] or one of its kind, and schemes are those it returns
// that the program can use.
func ServiceURL(name string, p *URL, fallback, doc string, parse func(string, ...string) (URL, error), schemes ...string) Setting {
	key := Key{Name: name, Type: "URL", Default: fallback, Doc: doc}
	s := cast(p, key, func(text string) (URL, error) {
		if text == "" && fallback == "" {
			return URL{}, nil
		}
		u, err := parse(text)
		if errors.Is(err, errScheme) {
			err = errors.New(err.Error() + "; use " + strings.Join(schemes, ", "))
		}
		if err != nil {
			return URL{}, err
		}
		for _, scheme := range schemes {
			if u.Scheme == scheme {
				return u, nil
			}
		}
		return URL{}, errors.New("a scheme that is not supported; use " + strings.Join(schemes, ", "))
	}, URL.String)
	s.schemes = schemes
	s.emptyIsDefault = fallback == "" // an empty DATABASE_URL must not open another database
	return s
}

func plainSeconds(name string) bool {
	return strings.HasSuffix(name, "_SECONDS") || strings.HasSuffix(name, "_AGE")
}

func identity(s string) string { return s }

func masked(s secrets.Secret) string {
	if s.IsZero() {
		return ""
	}
	return s.String()
}
