package settings

import (
	"strings"

	words "github.com/merlon-go/merlon/internal/nearest"
)

// elsewhere says where settings of Django and its packages went that have
// another name here, or none because what they switch on is always on.
var elsewhere = map[string]string{
	"SECURE_CONTENT_TYPE_NOSNIFF": "nosniff is always sent",
	"SESSION_COOKIE_SECURE":       "the cookie is always Secure, except under --dev",
	"CSRF_COOKIE_SECURE":          "the cookie is always Secure, except under --dev",
	"SESSION_COOKIE_HTTPONLY":     "the cookie is always HttpOnly",
	"SESSION_COOKIE_SAMESITE":     "the cookie is always SameSite=Lax",
	"SECURE_PROXY_SSL_HEADER":     "name the proxies in TRUSTED_PROXIES",
	"USE_X_FORWARDED_HOST":        "name the proxies in TRUSTED_PROXIES",
	"USE_X_FORWARDED_PORT":        "name the proxies in TRUSTED_PROXIES",
	"SECURE_CSP":                  "it is called CSP",
	"SECURE_CSP_REPORT_ONLY":      "it is called CSP_REPORT_ONLY",
	"EMAIL_HOST":                  "write EMAIL_URL",
	"EMAIL_PORT":                  "write EMAIL_URL",
	"EMAIL_HOST_USER":             "write EMAIL_URL",
	"EMAIL_HOST_PASSWORD":         "write EMAIL_URL",
	"EMAIL_USE_TLS":               "write EMAIL_URL with smtp:",
	"EMAIL_USE_SSL":               "write EMAIL_URL with smtps:",
	"EMAIL_BACKEND":               "write EMAIL_URL",
	"DEFAULT_FROM_EMAIL":          "it is called EMAIL_FROM",
	"SERVER_EMAIL":                "it is called EMAIL_FROM",
	"DATABASES":                   "write DATABASE_URL",
	"CACHES":                      "write REDIS_URL",
	"CACHE_URL":                   "write REDIS_URL",
	"DATA_UPLOAD_MAX_MEMORY_SIZE": "it is called BODY_LIMIT",
	"SILENCED_SYSTEM_CHECKS":      "it is called SILENCED_CHECKS",
	"AXES_FAILURE_LIMIT":          "it is called LOCKOUT_FAILURE_LIMIT",
	"AXES_COOLOFF_TIME":           "it is called LOCKOUT_COOLOFF",
	"AXES_LOCKOUT_PARAMETERS":     "it is called LOCKOUT_PARAMETERS",
	"AXES_IP_WHITELIST":           "it is called LOCKOUT_ALLOW_NETWORKS",
	"AXES_IP_BLACKLIST":           "it is called LOCKOUT_DENY_NETWORKS",
}

// Nearest returns the one of names that an unknown one was probably meant to be,
// or, for a setting of Django's, a note on what became of it; both "" if neither
// is known.
func Nearest(unknown string, names []string) (like, note string) {
	unknown = strings.ToUpper(strings.ReplaceAll(unknown, "-", "_"))
	if note = elsewhere[unknown]; note != "" {
		return "", note
	}
	unknown, file := strings.CutSuffix(unknown, "_FILE")
	like = words.Of(unknown, names, max(len(unknown)/3, 2)+1)
	if file && like != "" {
		like += "_FILE"
	}
	return like, ""
}

// printable keeps a name from the environment from writing to the terminal.
func printable(name string) string {
	if name == "" {
		return "?"
	}
	if len(name) > 64 {
		name = name[:64] + "…"
	}
	return strings.Map(func(r rune) rune {
		if r == '…' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || strings.ContainsRune("_.-", r) {
			return r
		}
		return '?'
	}, name)
}
