package headers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/headers"
)

// TestPermissionsPolicy holds the table measured on django-permissions-policy.
func TestPermissionsPolicy(t *testing.T) {
	rows := []struct {
		policy headers.PermissionsPolicy
		want   string
	}{
		{headers.PermissionsPolicy{"geolocation": {}}, "geolocation=()"},
		{headers.PermissionsPolicy{"geolocation": nil}, "geolocation=()"},
		{headers.PermissionsPolicy{"geolocation": {"none"}}, "geolocation=()"},
		{headers.PermissionsPolicy{"geolocation": {"self"}}, "geolocation=(self)"},
		{headers.PermissionsPolicy{"geolocation": {"*"}}, "geolocation=(*)"},
		{headers.PermissionsPolicy{"geolocation": {"self", "https://a.com"}}, `geolocation=(self "https://a.com")`},
		{headers.PermissionsPolicy{"usb": nil, "camera": {"self"}}, "camera=(self), usb=()"},
		{headers.PermissionsPolicy{"fullscreen": {"https://a.com:8443", "https://*.b.com"}}, `fullscreen=("https://a.com:8443" "https://*.b.com")`},
	}
	for _, row := range rows {
		if err := row.policy.Validate(); err != nil {
			t.Errorf("%v: %v", row.policy, err)
		}
		if got := row.policy.String(); got != row.want {
			t.Errorf("%v: %s, want %s", row.policy, got, row.want)
		}
		again, err := headers.ParsePermissionsPolicy(row.want)
		if err != nil || again.String() != row.want {
			t.Errorf("%s parsed as %v, %v", row.want, again, err)
		}
	}
}

// django-permissions-policy sends 'self' in quotes as an origin, which denies
// the site itself, and does not escape: a"b breaks the whole header.
func TestAddonDifference_PermissionsPolicySources(t *testing.T) {
	for source, hint := range map[string]string{
		"'self'": "without quotes", "'none'": "without quotes", `a"b`: "nor an origin", "a.com": "https://", "https://a.com/": "https://",
		"https://a.com/x": "https://", "https://u@a.com": "https://", "": "https://", "https://": "https://", "ftp://a.com": "https://",
		"https://a.com\r\nX: y": "nor an origin", "https://a.com,https://b.com": "nor an origin", "src": "https://", "https://ä.com": "nor an origin",
	} {
		err := headers.PermissionsPolicy{"camera": {source}}.Validate()
		if err == nil || !strings.Contains(err.Error(), hint) || !strings.Contains(err.Error(), `"camera"`) {
			t.Errorf("%q: error %v, want one with %q", source, err, hint)
		}
	}
	for name, p := range map[string]headers.PermissionsPolicy{
		"everybody and": {"camera": {"*", "self"}}, "twice": {"camera": {"self", "self"}}, "none and": {"camera": {"none", "self"}},
	} {
		if p.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestParsePermissionsPolicy(t *testing.T) {
	off := headers.DefaultPermissionsPolicy()
	off["camera"] = []string{"self"}
	off["fullscreen"] = nil
	rows := map[string]headers.PermissionsPolicy{
		"camera=(), usb=(self)":                      {"camera": nil, "usb": {"self"}},
		" camera=() ,usb=( self ) ":                  {"camera": nil, "usb": {"self"}},
		"camera=self,usb=*":                          {"camera": {"self"}, "usb": {"*"}},
		"camera=none":                                {"camera": nil},
		`camera=("https://a.com" self)`:              {"camera": {"https://a.com", "self"}},
		`camera="https://a.com"`:                     {"camera": {"https://a.com"}},
		"default, camera=(self), fullscreen=()":      off,
		"default":                                    headers.DefaultPermissionsPolicy(),
		"ch-ua-model=*, publickey-credentials-get=*": {"ch-ua-model": {"*"}, "publickey-credentials-get": {"*"}},
	}
	for text, want := range rows {
		got, err := headers.ParsePermissionsPolicy(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want.String(), got.String()); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	for text, hint := range map[string]string{
		"":                                  "empty",
		"camera=(),":                        "empty",
		"camera":                            "write camera=()",
		"camera 'none'":                     "has no list",
		"camera=('self')":                   "without quotes",
		"camera='none'":                     "without quotes",
		`camera=("self")`:                   "origin in quotes",
		"camera=(https://a.com)":            "double quotes",
		"camera=self self":                  "parentheses",
		"camera=(":                          "parenthesis",
		"camera=());report-to=x":            "parenthesis",
		"camera=();report-to=x":             "parenthesis",
		"camera = ()":                       "white space",
		"camera=(), camera=(self)":          "twice",
		"Camera=()":                         `"camera"`,
		"microfone=()":                      `"microphone"`,
		"usb=(), default":                   "has no list",
		"interest=()":                       "unknown feature",
		strings.Repeat("a", 9000):           "longer",
		`camera=("https://a.com, usb=()`:    "origin in quotes",
		"camera=(self),\r\nSet-Cookie: a=b": "white space",
	} {
		_, err := headers.ParsePermissionsPolicy(text)
		if err == nil || !strings.Contains(err.Error(), hint) || !strings.HasPrefix(err.Error(), "headers: ") {
			t.Errorf("%.60q: error %v, want one with %q", text, err, hint)
		}
	}
}

// The default turns off what a page would miss at once, and must not turn off
// what signing in with a passkey needs.
func TestDefaultPermissionsPolicy(t *testing.T) {
	p := headers.DefaultPermissionsPolicy()
	if err := p.Validate(); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"publickey-credentials-get", "publickey-credentials-create", "otp-credentials", "fullscreen", "storage-access"} {
		if _, ok := p[name]; ok {
			t.Errorf("%s is off", name)
		}
	}
	p["camera"] = []string{"*"}
	if headers.DefaultPermissionsPolicy()["camera"] != nil {
		t.Error("the default is the package's own")
	}
}

func FuzzParsePermissionsPolicy(f *testing.F) {
	for _, seed := range []string{"camera=(), usb=(self)", "default, camera=*", `camera=("https://a.com" self)`, "camera=('self')", `a="`, "camera=();x", ",,", `camera=("https://a"b")`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := headers.ParsePermissionsPolicy(text)
		if err != nil {
			return
		}
		value := p.String()
		again, err := headers.ParsePermissionsPolicy(value)
		if err != nil || again.String() != value {
			t.Fatalf("%q became %q, and that %v, %v", text, value, again, err)
		}
		if strings.ContainsFunc(value, func(c rune) bool { return c < ' ' || c > '~' || c == ';' || c == '\\' }) || http.CanonicalHeaderKey(value) == "" {
			t.Fatalf("%q became %q", text, value)
		}
	})
}
