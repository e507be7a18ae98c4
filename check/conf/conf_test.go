package conf_test

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/conf"
	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/settings"
)

// goodKey is 32 random bytes, as `secret generate` would make.
const goodKey = "hR7mQ0vZ3kXw9TfB2nLdYc5sJpA8eGuI1oVx6KzNq4M"

// hardened is the environment of a deployment without a fault.
func hardened(change map[string]string) []string {
	env := map[string]string{
		"MERLON_SECRET_KEY":                     goodKey,
		"MERLON_ALLOWED_HOSTS":                  "www.example.com",
		"MERLON_TRUSTED_PROXIES":                "loopback",
		"MERLON_EMAIL_URL":                      "smtps://u:p@mail.example.com",
		"MERLON_EMAIL_FROM":                     "site@example.com",
		"MERLON_SECURE_HSTS_SECONDS":            "31536000",
		"MERLON_SECURE_HSTS_INCLUDE_SUBDOMAINS": "true",
		"MERLON_SECURE_HSTS_PRELOAD":            "true",
		"MERLON_PASSWORD_MIN_LENGTH":            "15",
		"MERLON_SECURITY_CONTACT":               "security@example.com",
	}
	for key, value := range change {
		env["MERLON_"+key] = value
	}
	var list []string
	for key, value := range env {
		if value != "unset" {
			list = append(list, key+"="+value)
		}
	}
	slices.Sort(list)
	return list
}

func load(t *testing.T, change map[string]string) (*settings.Settings, error) {
	t.Helper()
	return settings.Load(settings.Source{Environ: hardened(change), Dir: t.TempDir(), ReadFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist }})
}

// noFile is a file system without files.
func noFile(string) (fs.FileInfo, error) { return nil, fs.ErrNotExist }

func judge(t *testing.T, target *check.Target, deploy bool) *check.Report {
	t.Helper()
	if target.Stat == nil {
		target.Stat = noFile
	}
	r, err := check.Run(t.Context(), check.Options{Rules: conf.Rules(), Deploy: deploy, Target: target})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Incomplete) > 0 {
		t.Errorf("not judged: %+v", r.Incomplete)
	}
	return r
}

func rules() []check.Rule { return conf.Rules() }

// ids lists the ids found, each once, "!" added to errors as in Django's table.
func ids(r *check.Report) string {
	var all []string
	for _, f := range r.Findings {
		id := f.ID
		if f.Level >= check.Error {
			id += "!"
		}
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func TestRulesAreWellFormed(t *testing.T) {
	if err := check.Validate(conf.Rules()); err != nil {
		t.Error(err)
	}
	for _, r := range conf.Rules() {
		if len(r.CWE) == 0 || r.OWASP == "" {
			t.Errorf("%s cites no CWE or no OWASP category", r.ID)
		}
	}
}

// TestEveryDjangoSecurityCheckHasARule holds the list of ids of Django 6.1
// that are not retired. The two that have no meaning in Go are named.
func TestEveryDjangoSecurityCheckHasARule(t *testing.T) {
	cited := map[string]bool{}
	for _, r := range conf.Rules() {
		for _, id := range strings.Split(r.Django, ", ") {
			cited[id] = true
		}
	}
	for _, id := range []string{
		"security.W001", "security.W002", "security.W003", "security.W004", "security.W005", "security.W006", "security.W008", "security.W009",
		"security.W010", "security.W011", "security.W012", "security.W015", "security.W016", "security.W018", "security.W019", "security.W020",
		"security.W021", "security.W022", "security.E023", "security.E024", "security.W025", "security.E026", "security.W027",
		"security.E101", "security.E102", "4_0.E001", "mail.E001", "files.E001", "caches.W002",
	} {
		if !cited[id] {
			t.Errorf("no rule cites %s", id)
		}
	}
}

// TestDjangoCheckTable has the rows of Django's own measured table that can be
// asked of these settings, and what is found here. Rows that end in "refused"
// do not load at all.
func TestDjangoCheckTable(t *testing.T) {
	weak := strings.Repeat("abcde", 10)
	for _, c := range []struct {
		name   string
		change map[string]string
		want   string
	}{
		{"all good", nil, ""},
		{"HSTS 0", map[string]string{"SECURE_HSTS_SECONDS": "0", "SECURE_HSTS_PRELOAD": "false"}, "hsts-missing"},
		{"HSTS 1 no sub", map[string]string{"SECURE_HSTS_SECONDS": "1", "SECURE_HSTS_INCLUDE_SUBDOMAINS": "false", "SECURE_HSTS_PRELOAD": "false"}, "hsts-no-preload hsts-no-subdomains hsts-short"},
		{"HSTS negative (Django: none)", map[string]string{"SECURE_HSTS_SECONDS": "-1"}, "settings-invalid!"},
		{"HSTS preload without a year", map[string]string{"SECURE_HSTS_SECONDS": "3600"}, "hsts-preload-unfit! hsts-short"},
		{"HSTS preload without subdomains", map[string]string{"SECURE_HSTS_INCLUDE_SUBDOMAINS": "false"}, "hsts-no-subdomains hsts-preload-unfit!"},
		{"HSTS ramp", map[string]string{"SECURE_HSTS_SECONDS": "unset", "SECURE_HSTS_RAMP_START": "2026-01-01"}, ""},
		{"redirect False", map[string]string{"SECURE_SSL_REDIRECT": "false"}, "ssl-redirect-off"},
		{"SECRET_KEY len 100 of one letter", map[string]string{"SECRET_KEY": strings.Repeat("a", 100)}, "secret-key-weak!"},
		{"SECRET_KEY '0123456789abcdefghij' len 49", map[string]string{"SECRET_KEY": ("0123456789abcdefghij0123456789abcdefghij0123456789")[:49]}, "secret-key-weak!"},
		{"SECRET_KEY '0123456789abcdefghij' len 50 (Django: none)", map[string]string{"SECRET_KEY": "0123456789abcdefghij0123456789abcdefghij0123456789"}, "secret-key-weak!"},
		{"SECRET_KEY 'abcde' len 50 (Django: none)", map[string]string{"SECRET_KEY": weak}, "secret-key-weak!"},
		{"SECRET_KEY 'django-insecure-…' len 72", map[string]string{"SECRET_KEY": "django-insecure-" + goodKey}, "secret-key-weak!"},
		{"SECRET_KEY empty", map[string]string{"SECRET_KEY": ""}, "settings-invalid!"},
		{"fallback weak x2", map[string]string{"SECRET_KEY_FALLBACKS": "short," + weak}, "secret-key-fallback-kept secret-key-fallback-weak!"},
		{"fallback equal to key (Django: none)", map[string]string{"SECRET_KEY_FALLBACKS": goodKey}, "secret-key-fallback-kept secret-key-fallback-same"},
		{"session insecure", map[string]string{"SESSION_COOKIE_NAME": "sessionid"}, "session-cookie-prefix"},
		{"CSRF cookie insecure", map[string]string{"CSRF_COOKIE_NAME": "csrftoken"}, "csrf-cookie-prefix"},
		{"ALLOWED_HOSTS []", map[string]string{"ALLOWED_HOSTS": ""}, "settings-invalid!"},
		{"ALLOWED_HOSTS ['*'] (Django: none)", map[string]string{"ALLOWED_HOSTS": "*"}, "allowed-hosts-wildcard!"},
		{"ALLOWED_HOSTS public suffix (Django: none)", map[string]string{"ALLOWED_HOSTS": "www.example.com,.co.uk"}, "allowed-hosts-broad!"},
		{"DEBUG", map[string]string{"DEBUG": "true"}, "debug-on!"},
		{"X_FRAME_OPTIONS SAMEORIGIN", map[string]string{"X_FRAME_OPTIONS": "SAMEORIGIN"}, "frame-options-weak"},
		{"X_FRAME_OPTIONS deny (Django: W019)", map[string]string{"X_FRAME_OPTIONS": "deny"}, ""},
		{"referrer None", map[string]string{"SECURE_REFERRER_POLICY": ""}, "referrer-policy-missing"},
		{"referrer 'invalid'", map[string]string{"SECURE_REFERRER_POLICY": "invalid"}, "referrer-policy-invalid!"},
		{"referrer 'strict-origin,bad'", map[string]string{"SECURE_REFERRER_POLICY": "strict-origin,bad"}, "referrer-policy-invalid!"},
		{"referrer 'No-Referrer'", map[string]string{"SECURE_REFERRER_POLICY": "No-Referrer"}, "referrer-policy-invalid!"},
		{"referrer 'unsafe-url' (Django: none)", map[string]string{"SECURE_REFERRER_POLICY": "unsafe-url"}, "referrer-policy-weak"},
		{"COOP 'same-origin-allow-popups'", map[string]string{"SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin-allow-popups"}, ""},
		{"COOP 'unsafe-none' (Django: none)", map[string]string{"SECURE_CROSS_ORIGIN_OPENER_POLICY": "unsafe-none"}, "opener-policy-weak"},
		{"COOP nonsense", map[string]string{"SECURE_CROSS_ORIGIN_OPENER_POLICY": "nonsense"}, "opener-policy-invalid!"},
		{"CSP None (Django: none)", map[string]string{"CSP": ""}, "csp-missing"},
		{"CSP 'x'", map[string]string{"CSP": "x"}, "csp-invalid!"},
		{"CSP that lets every script run (Django: none)", map[string]string{"CSP": "script-src 'unsafe-inline'"}, "csp-weak"},
		{"CSP preset basic", map[string]string{"CSP": "basic"}, "csp-weak"},
		{"CSP report-only alone (Django: none)", map[string]string{"CSP": "", "CSP_REPORT_ONLY": "strict"}, "csp-missing"},
		{"trusted no scheme", map[string]string{"CSRF_TRUSTED_ORIGINS": "example.com,*.example.com,a"}, "csrf-origin-invalid!"},
		{"trusted weird scheme (Django: none)", map[string]string{"CSRF_TRUSTED_ORIGINS": "x://y"}, "csrf-origin-invalid!"},
		{"trusted http (Django: none)", map[string]string{"CSRF_TRUSTED_ORIGINS": "http://a.example.com"}, "csrf-origin-insecure!"},
		{"trusted public suffix (Django: none)", map[string]string{"CSRF_TRUSTED_ORIGINS": "https://*.github.io"}, "csrf-origin-broad!"},
		{"trusted good", map[string]string{"CSRF_TRUSTED_ORIGINS": "https://*.example.com,https://a.example.org:8443"}, ""},
		{"mail console", map[string]string{"EMAIL_URL": "console:"}, "mail-console!"},
		{"mail missing (Django: E001)", map[string]string{"EMAIL_URL": "unset"}, "mail-missing"},
		{"mail in the clear (Django: none)", map[string]string{"EMAIL_URL": "smtp://mail.example.com?tls=none"}, "mail-plaintext!"},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := load(t, c.change)
			if got := ids(judge(t, &check.Target{Settings: set, SettingsErr: err}, true)); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// TestDjangoBlindSpots has the faults that no check of Django notices.
func TestDjangoBlindSpots(t *testing.T) {
	for _, c := range []struct {
		name   string
		change map[string]string
		want   string
	}{
		{"redirect that loops, clients that share an address", map[string]string{"TRUSTED_PROXIES": "unset"}, "ssl-redirect-loop trusted-proxies-missing"},
		{"public listener without proxy", map[string]string{"TRUSTED_PROXIES": "unset", "LISTEN": "0.0.0.0:80"}, "ssl-redirect-loop"},
		{"half of the Internet is trusted", map[string]string{"TRUSTED_PROXIES": "128.0.0.0/1"}, "trusted-proxies-broad!"},
		{"a company's network is trusted", map[string]string{"TRUSTED_PROXIES": "10.0.0.0/8,192.168.1.0/24"}, ""},
		{"public URL of another host", map[string]string{"PUBLIC_URL": "https://other.example"}, "public-url-mismatch!"},
		{"public URL in the clear", map[string]string{"PUBLIC_URL": "http://www.example.com"}, "public-url-insecure!"},
		{"redirect to another host", map[string]string{"SECURE_SSL_HOST": "other.example"}, "ssl-host-mismatch!"},
		{"whole site exempt from the redirect", map[string]string{"SECURE_REDIRECT_EXEMPT": "/"}, "ssl-redirect-exempt!"},
		{"acme exempt from the redirect", map[string]string{"SECURE_REDIRECT_EXEMPT": "/.well-known/acme-challenge/"}, "ssl-redirect-exempt"},
		{"database over the Internet", map[string]string{"DATABASE_URL": "postgres://u:x@db.example.com/m"}, "database-plaintext!"},
		{"database over the Internet, prefer", map[string]string{"DATABASE_URL": "postgres://u:x@db.example.com/m?sslmode=prefer"}, "database-plaintext!"},
		{"database over the Internet, unverified", map[string]string{"DATABASE_URL": "postgres://u:x@db.example.com/m?sslmode=require"}, "database-unverified"},
		{"database over the Internet, verified", map[string]string{"DATABASE_URL": "postgres://u:x@db.example.com/m?sslmode=verify-full"}, ""},
		{"one of two databases far away", map[string]string{"DATABASE_URL": "postgres://u:x@10.0.0.1,db.example.com/m"}, "database-plaintext!"},
		{"database in the next rack", map[string]string{"DATABASE_URL": "postgres://u:x@10.0.0.1/m"}, "database-plaintext"},
		{"database on a socket", map[string]string{"DATABASE_URL": "postgres://u@%2Frun%2Fpostgresql/m"}, ""},
		{"database superuser with its name as password", map[string]string{"DATABASE_URL": "postgres://postgres:postgres@127.0.0.1/m"}, "database-superuser"},
		{"database in memory", map[string]string{"DATABASE_URL": "sqlite::memory:"}, "database-volatile!"},
		{"Redis over the Internet", map[string]string{"REDIS_URL": "redis://:x@redis.example.com"}, "redis-plaintext!"},
		{"Redis over TLS", map[string]string{"REDIS_URL": "rediss://:x@redis.example.com"}, ""},
		{"Redis without password", map[string]string{"REDIS_URL": "redis://10.0.0.1"}, "redis-no-password redis-plaintext"},
		{"Redis here", map[string]string{"REDIS_URL": "redis://127.0.0.1"}, ""},
		{"upstream over the Internet", map[string]string{"UPSTREAM": "http://app.example.com"}, "upstream-plaintext!"},
		{"upstream here", map[string]string{"UPSTREAM": "http://127.0.0.1:8001"}, ""},
		{"metrics for everybody", map[string]string{"ADMIN_LISTEN": ":9090"}, "admin-listen-public!"},
		{"metrics here", map[string]string{"ADMIN_LISTEN": "127.0.0.1:9090"}, ""},
		{"sessions of a year", map[string]string{"SESSION_COOKIE_AGE": "365d", "SESSION_IDLE_AGE": "100d"}, "session-age-long session-idle-long"},
		{"a monitor and an office are never locked", map[string]string{"LOCKOUT_ALLOW_NETWORKS": "10.0.0.7, 192.0.2.0/24"}, ""},
		{"an open network may guess", map[string]string{"LOCKOUT_ALLOW_NETWORKS": "10.0.0.7, 192.0.2.0/24, 0.0.0.0/0"}, "lockout-weak"},
		{"many guesses", map[string]string{"LOCKOUT_FAILURE_LIMIT": "1000", "LOCKOUT_PARAMETERS": "user+network"}, "lockout-weak"},
		{"a limit on sign-ins that opens with Redis", map[string]string{"RATE_LIMITS": "login: POST /account/login by network 30/m open"}, "rate-limit-open!"},
		{"a limit on pages that opens with Redis", map[string]string{"RATE_LIMITS": "home: GET / by network 60/m burst 20 open"}, "rate-limit-open"},
		{"a limit on sign-ins on trial", map[string]string{"RATE_LIMITS": "login: POST /account/login by network 30/m report"}, "rate-limit-report"},
		{"huge bodies", map[string]string{"BODY_LIMIT": "10GiB"}, "body-limit-large"},
		{"patience with slow clients", map[string]string{"READ_HEADER_TIMEOUT": "1h"}, "timeouts-long"},
		{"short passwords", map[string]string{"PASSWORD_MIN_LENGTH": "8"}, "password-length-short"},
		{"permissions policy that cannot be read", map[string]string{"PERMISSIONS_POLICY": "camera=none=x"}, "permissions-policy-invalid!"},
		{"resources for everybody", map[string]string{"SECURE_CROSS_ORIGIN_RESOURCE_POLICY": "cross-origin"}, "resource-policy-weak"},
		{"nobody to report to", map[string]string{"SECURITY_CONTACT": "unset"}, "security-contact-missing"},
		{"a stale security.txt", map[string]string{"SECURITY_TXT_EXPIRES": "2020-01-01"}, "security-txt-stale"},
		{"a security.txt for ever", map[string]string{"SECURITY_TXT_EXPIRES": "2999-01-01"}, "security-txt-stale"},
		{"a stale security.txt that is not served", map[string]string{"SECURITY_TXT_EXPIRES": "2020-01-01", "SECURITY_CONTACT": "unset"}, "security-contact-missing"},
		{"old keys kept", map[string]string{"SECRET_KEY_FALLBACKS": goodKey[1:] + goodKey[:1] + "," + goodKey[2:] + goodKey[:2] + "," + goodKey[3:] + goodKey[:3]}, "secret-key-fallback-kept"},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := load(t, c.change)
			if got := ids(judge(t, &check.Target{Settings: set, SettingsErr: err}, true)); got != c.want {
				t.Errorf("found %q, want %q (%v)", got, c.want, err)
			}
		})
	}
}

func TestDevelopmentNeedsNoSetting(t *testing.T) {
	set, err := settings.Load(settings.Source{Environ: []string{}, Dir: t.TempDir(), Dev: true})
	if got := ids(judge(t, &check.Target{Settings: set, SettingsErr: err}, false)); got != "" {
		t.Errorf("found %q", got)
	}
}

// TestSettingsThatDoNotLoadAreFindings: each with its place, none with a value.
func TestSettingsThatDoNotLoadAreFindings(t *testing.T) {
	_, err := settings.Load(settings.Source{
		Environ: []string{"MERLON_SECRET_KEY=" + goodKey, "MERLON_DEBGU=hunter2hunter2", "MERLON_SECURE_HSTS_SECONDS=hunter2hunter2"},
		Dir:     t.TempDir(),
	})
	r := judge(t, &check.Target{SettingsErr: err}, true)
	if len(r.Findings) != 3 || r.ExitCode() != check.ExitFindings {
		t.Errorf("findings %+v", r.Findings)
	}
	text := fmt.Sprintf("%+v", r.Findings)
	if strings.Contains(text, "hunter2") || !strings.Contains(text, "MERLON_DEBUG") || !strings.Contains(text, "environment variable") {
		t.Error(text)
	}
}

func TestPlacesNameTheLine(t *testing.T) {
	set, err := settings.Load(settings.Source{Environ: hardened(nil), Dir: "/x", ReadFile: func(name string) ([]byte, error) {
		if name == "/x/.env" {
			return []byte("# first\nMERLON_DEBUG=1\n"), nil
		}
		return nil, fs.ErrNotExist
	}})
	if err != nil {
		t.Fatal(err)
	}
	r := judge(t, &check.Target{Settings: set, Dir: "/x"}, true)
	want := check.Place{Setting: "DEBUG", Source: ".env:2", File: ".env", Line: 2, NoFrame: true}
	if diff := cmp.Diff(want, r.Findings[0].Place); diff != "" {
		t.Error(diff)
	}
}

func TestFileModes(t *testing.T) {
	if os.Getuid() == 0 {
		// Root may read everything; the modes are what counts, so this runs all the same.
		t.Log("running as root")
	}
	dir := t.TempDir()
	write := func(name string, mode fs.FileMode) {
		t.Helper()
		if err := os.WriteFile(dir+"/"+name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir+"/"+name, mode); err != nil {
			t.Fatal(err)
		}
	}
	set, err := load(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		mode fs.FileMode
		want string
	}{
		{0o600, ""},
		{0o640, "database-file-readable env-file-readable"},
		{0o644, "database-file-readable! env-file-readable! secret-file-readable"},
		{0o666, "config-file-writable! database-file-readable! env-file-readable! secret-file-readable"},
	} {
		for _, name := range []string{".env", "merlon.toml", "merlon.db", "key"} {
			write(name, c.mode)
		}
		r := judge(t, &check.Target{Settings: set, Dir: dir, Stat: os.Stat, SecretFiles: map[string]string{"SECRET_KEY": "key"}}, false)
		if got := ids(r); got != c.want {
			t.Errorf("mode %o: %q, want %q", c.mode, got, c.want)
		}
	}
}

func TestPermissionsThatCannotBeReadAreNotPassedOver(t *testing.T) {
	set, err := load(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := check.Run(t.Context(), check.Options{Rules: conf.Rules(), Target: &check.Target{Settings: set, Stat: func(string) (fs.FileInfo, error) { return nil, fs.ErrPermission }}})
	if err != nil || r.ExitCode() != check.ExitFailed || len(r.Incomplete) == 0 {
		t.Errorf("exit code %d, incomplete %+v, error %v", r.ExitCode(), r.Incomplete, err)
	}
}

func TestProcess(t *testing.T) {
	set, err := load(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	for version, want := range map[string]string{
		"go1.26.8": "toolchain-vulnerable", "go1.25": "toolchain-vulnerable", "go1.26.9": "", "go1.26.10": "", "go1.27rc1": "", "go1.27": "", "devel +abc": "", "": "",
		"go1.26.8 X:nocoverageredesign": "toolchain-vulnerable",
	} {
		if got := ids(judge(t, &check.Target{Settings: set, GoVersion: version}, true)); got != want {
			t.Errorf("%s: %q, want %q", version, got, want)
		}
	}
	if got := ids(judge(t, &check.Target{Settings: set, Root: true}, true)); got != "running-as-root" {
		t.Error(got)
	}
	if got := ids(judge(t, &check.Target{Settings: set, TempDir: "/no/such"}, true)); got != "upload-folder-missing!" {
		t.Error(got)
	}
}

func TestExemptionsAreListed(t *testing.T) {
	set, err := load(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := judge(t, &check.Target{Settings: set, Exemptions: []check.Exemption{
		{Control: "csrf", Pattern: "POST /hook", What: "no token is asked for", Weakens: true},
		{Control: "headers", Pattern: "/embed", What: "X-Frame-Options is SAMEORIGIN", Reason: "framed by the editor"},
	}}, true)
	want := []string{"warning csrf: POST /hook: no token is asked for", "info headers: /embed: X-Frame-Options is SAMEORIGIN"}
	var got []string
	for _, f := range r.Findings {
		got = append(got, f.Level.String()+" "+f.Title)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNoSecretReachesAReport: keys and passwords stay out of every format.
func TestNoSecretReachesAReport(t *testing.T) {
	const canary = "hunter2hunter2hunter2"
	set, err := load(t, map[string]string{
		"SECRET_KEY": canary, "SECRET_KEY_FALLBACKS": canary, "DATABASE_URL": "postgres://root:" + canary + "@db.example.com/m?sslmode=disable",
		"REDIS_URL": "redis://:" + canary + "@r.example.com", "EMAIL_URL": "smtp://u:" + canary + "@mail.example.com?tls=none",
	})
	if err != nil {
		t.Fatal(err)
	}
	r := judge(t, &check.Target{Settings: set}, true)
	for _, format := range check.Formats() {
		var b strings.Builder
		if err := check.Write(&b, r, format, check.WriteOptions{Text: check.TextOptions{Verbose: true}}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "hunter2") {
			t.Errorf("%s holds a secret", format)
		}
	}
}

func TestWithoutSettingsEverythingIsSkipped(t *testing.T) {
	r := judge(t, &check.Target{}, true)
	for _, o := range r.Rules {
		if o.Status != check.Skipped {
			t.Errorf("%s is %s", o.Rule.ID, o.Status)
		}
	}
}

func TestFallbackOrderIsKept(t *testing.T) {
	set, err := load(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	set.Keys.Fallbacks = []secrets.Secret{secrets.New("a"), secrets.New("b")}
	set.Sessions.IdleAge = 24 * time.Hour
	r := judge(t, &check.Target{Settings: set}, false)
	if len(r.Findings) != 2 || r.Findings[0].Fingerprint == r.Findings[1].Fingerprint {
		t.Errorf("%+v", r.Findings)
	}
}
