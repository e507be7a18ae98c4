package hardcodedsecret

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check/source/code"
)

// shapes are the forms that vendors give their credentials, so that they can
// be found.
var shapes = []struct {
	prefix, what string
	re           *regexp.Regexp
}{
	{"AKIA", "an AWS access key", regexp.MustCompile(`^(AKIA|ASIA)[A-Z2-7]{16}$`)},
	{"ASIA", "an AWS access key", regexp.MustCompile(`^(AKIA|ASIA)[A-Z2-7]{16}$`)},
	{"gh", "a GitHub token", regexp.MustCompile(`^gh[pousr]_[A-Za-z0-9]{36,}$`)},
	{"github_pat_", "a GitHub token", regexp.MustCompile(`^github_pat_[A-Za-z0-9_]{40,}$`)},
	{"glpat-", "a GitLab token", regexp.MustCompile(`^glpat-[A-Za-z0-9_-]{20,}$`)},
	{"xox", "a Slack token", regexp.MustCompile(`^xox[abposr]-[A-Za-z0-9-]{20,}$`)},
	{"sk_live_", "a Stripe key", regexp.MustCompile(`^(sk|rk)_live_[A-Za-z0-9]{20,}$`)},
	{"rk_live_", "a Stripe key", regexp.MustCompile(`^(sk|rk)_live_[A-Za-z0-9]{20,}$`)},
	{"AIza", "a Google API key", regexp.MustCompile(`^AIza[A-Za-z0-9_-]{35}$`)},
	{"ya29.", "a Google access token", regexp.MustCompile(`^ya29\.[A-Za-z0-9_-]{30,}$`)},
	{"SG.", "a SendGrid key", regexp.MustCompile(`^SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$`)},
	{"sk-", "an OpenAI or Anthropic key", regexp.MustCompile(`^sk-(proj-|ant-[a-z0-9]+-)?[A-Za-z0-9_-]{32,}$`)},
	{"npm_", "an npm token", regexp.MustCompile(`^npm_[A-Za-z0-9]{36}$`)},
	{"pypi-", "a PyPI token", regexp.MustCompile(`^pypi-[A-Za-z0-9_-]{50,}$`)},
	{"dop_v1_", "a DigitalOcean token", regexp.MustCompile(`^dop_v1_[a-f0-9]{64}$`)},
	{"hvs.", "a Vault token", regexp.MustCompile(`^hvs\.[A-Za-z0-9_-]{24,}$`)},
	{"shpat_", "a Shopify token", regexp.MustCompile(`^shpat_[a-f0-9]{32}$`)},
	{"eyJ", "a JSON Web Token", regexp.MustCompile(`^eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}$`)},
	{"https://hooks.slack.com/services/", "a Slack webhook", regexp.MustCompile(`^https://hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20,}$`)},
	{"mk_", "a Merlon API key", regexp.MustCompile(`^mk_[A-Za-z0-9_-]{40,}$`)},
}

var (
	bearer     = regexp.MustCompile(`^(?i:bearer|basic|token):? +([A-Za-z0-9+/=._-]{16,})$`)
	exampleKey = regexp.MustCompile(`^(AKIA|ASIA)[A-Z0-9]{9}EXAMPLE$`)
	privateKey = regexp.MustCompile(`-----BEGIN ((RSA|EC|DSA|OPENSSH|ENCRYPTED) )?PRIVATE KEY-----`)
	dsn        = regexp.MustCompile(`^[a-z][a-z0-9+]*://[^:/@\s]+:([^@/\s]+)@[^\s]+$`)
	mysqlDSN   = regexp.MustCompile(`^[A-Za-z0-9_.-]+:([^@/\s]+)@(tcp|unix)\([^)]*\)/`)
)

// Shape says what kind of credential a text is by its form; "" for others.
func Shape(text string) string {
	if len(text) > 1<<16 {
		return ""
	}
	for _, s := range shapes {
		if strings.HasPrefix(text, s.prefix) && s.re.MatchString(text) && !strings.Contains(strings.ToLower(text), "example") && entropy(text) > 3 {
			return s.what
		}
	}
	if at := privateKey.FindStringIndex(text); at != nil {
		body, _, _ := strings.Cut(text[at[1]:], "-----END") // what shows only the form has hardly any
		if len(body) > 150 {
			return "a private key"
		}
	}
	for _, re := range []*regexp.Regexp{dsn, mysqlDSN} {
		if m := re.FindStringSubmatch(text); m != nil && !placeholder(m[1]) && !common(m[1]) && !strings.ContainsAny(m[1], "%{$<") {
			return "a URL with its password"
		}
	}
	return ""
}

// Words that make a name that of a secret, alone or two together.
var secretWords = []string{"password", "passwd", "pwd", "passphrase", "secret", "token", "api key", "apikey", "access key", "secret key", "private key", "auth key", "signing key", "sign key", "sig key", "signature key", "encryption key", "encrypt key", "cipher key", "crypto key", "jwt key", "hmac key", "cookie key", "client secret", "credential", "bearer", "session key", "master key", "salt", "pass", "pw", "aes key", "cred"}

// Words that make it something about a secret.
var aboutSecret = []string{"name", "field", "path", "file", "url", "uri", "endpoint", "type", "kind", "header", "prefix", "suffix", "label", "title", "text", "message", "msg", "error", "err", "format", "regex", "regexp", "pattern", "env", "flag", "param", "parameter", "query", "column", "table", "cookie", "hint", "placeholder", "prompt", "help", "usage", "id", "key id", "policy", "algorithm", "alg", "method", "mode", "scope", "grant", "version", "length", "len", "size", "ttl", "expiry", "expires", "description", "template", "rule", "test", "example", "reset", "forgot", "change", "created", "invalid", "required", "missing", "wrong", "event", "action", "source", "ref", "address", "provider", "issuer", "class", "node", "literal", "delimiter", "separator", "mask", "redacted", "hidden", "input", "form", "annotation", "attr", "attribute", "property", "option", "command", "cmd", "arg", "topic", "bucket", "namespace", "state", "status", "purpose", "info", "context", "domain", "store", "backend", "driver", "manager", "service", "page", "route", "view", "lookup"}

// secretName reports whether a name is that of a secret.
func secretName(name string) bool {
	if len(name) > 80 || !code.Mentions(name, secretWords...) {
		return false
	}
	words := code.Words(name)
	if len(words) > 0 && slices.Contains([]string{"is", "has", "err", "error", "no", "tok", "use", "with", "event", "http", "header", "flag", "env"}, words[0]) {
		return false
	}
	if hashed.MatchString(name) && !code.Mentions(name, "key", "salt") {
		return false // what is shown of it
	}
	return !code.Mentions(name, aboutSecret...)
}

var hashed = regexp.MustCompile(`(?i)hash|digest|md5|_?sha_?\d*$|crypted`)

const (
	no = iota
	likely
	sure
)

// judge says whether a text that a secret's name is given is the secret.
func judge(name, text string) int {
	if len(text) < 4 || len(text) > 500 || placeholder(text) {
		return no
	}
	if strings.ContainsAny(text, " \t\n<>{}") || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "~/") || strings.HasPrefix(text, "./") || strings.HasPrefix(text, "http") || strings.Contains(text, "%") {
		return no
	}
	if looksLikeName(text) || strings.EqualFold(text, name) || hashShape.MatchString(text) {
		return no
	}
	password := code.Mentions(name, "password", "passwd", "pwd", "passphrase", "pass", "pw")
	switch e := entropy(text); {
	case e >= 3.5 && len(text) >= 16 && mixed(text):
		return sure
	case password && (mixed(text) || common(text) || len(text) >= 8):
		return sure
	case mixed(text) && len(text) >= 8, e >= 3 && len(text) >= 12:
		return likely
	}
	return no
}

// looksLikeName recognises what names something: a setting, a header, a word
// with dots, dashes or underscores.
var nameShape = regexp.MustCompile(`^([A-Z][A-Z0-9]*(_[A-Z0-9]+)+|[a-z]+([._:/-][a-z]+)+|[A-Za-z]+(-[A-Z][a-z]+)+|[a-z]+([A-Z][a-z]+)+|\$.*|--?[a-z-]+)$`)

// hashShape recognises what functions for passwords make of them.
var hashShape = regexp.MustCompile(`^\$(2[abxy]|argon2(id?|d)|scrypt|pbkdf2[a-z0-9-]*|[156y])\$`)

func looksLikeName(text string) bool {
	return nameShape.MatchString(text) && (!strings.ContainsAny(text, "0123456789") || strings.ToUpper(text) == text)
}

// mixed reports whether letters and digits or signs stand together.
func mixed(text string) bool {
	letters := strings.ContainsFunc(text, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
	others := strings.ContainsFunc(text, func(r rune) bool { return r >= '0' && r <= '9' || strings.ContainsRune("!@#$^&*+=?~", r) })
	return letters && others
}

var placeholderShape = regexp.MustCompile(`(?i)^(x+|\*+|\.+|-+|0+|1+|none|null|nil|todo|tbd|changeme|change[-_]?me|change[-_]this.*|replace[-_]?me|your[-_ ].*|my[-_].*|.*example.*|.*placeholder.*|.*redacted.*|.*dummy.*|.*sample.*|insert.*|<.*>|\[.*\]|\$\{.*|\{\{.*|\*.*\*|fake.*|mock.*|test|foo|bar|baz|string|password|passwd|secret|token|key|apikey|api[-_]key|bearer|basic|authorization|access[-_]token|refresh[-_]token|id[-_]token|client[-_]secret|true|false|default|unknown|undefined|required|optional|empty|not set|unset)$`)

func placeholder(text string) bool {
	text = strings.TrimSpace(text)
	return text == "" || placeholderShape.MatchString(text)
}

// common recognises passwords that people begin with.
func common(text string) bool {
	return slices.Contains([]string{"admin", "root", "postgres", "guest", "letmein", "qwerty", "hunter2", "toor", "12345", "123456", "12345678", "123456789", "1234", "pass", "user", "mysql", "redis", "minio", "changeit"}, strings.ToLower(text))
}

// entropy is Shannon's, in bits a byte.
func entropy(text string) float64 {
	var counts [256]int
	for i := range len(text) {
		counts[text[i]]++
	}
	sum := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(text))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}
