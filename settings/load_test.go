package settings_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/settings"
)

// env is an environment that has what is required, and entries after MERLON_.
func env(entries ...string) []string {
	out := []string{"PATH=/bin", "LOG_FILE=/nowhere", "HOME=/root", "MERLON_SECRET_KEY=k", "MERLON_ALLOWED_HOSTS=a.example"}
	for _, e := range entries {
		out = append(out, "MERLON_"+e)
	}
	return out
}

// load loads without files unless src has its own.
func load(t *testing.T, src settings.Source) (*settings.Settings, error) {
	t.Helper()
	if src.ReadFile == nil {
		src.ReadFile = files(nil)
	}
	if src.Environ == nil {
		src.Environ = []string{}
	}
	return settings.Load(src)
}

func wantErrors(t *testing.T, err error, want ...string) {
	t.Helper()
	var all settings.Errors
	if err == nil || !errors.As(err, &all) {
		t.Errorf("no settings.Errors: %v", err)
		return
	}
	got := make([]string, len(all))
	for i, one := range all {
		got[i] = one.Error()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

// TestOrder takes one place after the other away.
func TestOrder(t *testing.T) {
	type world struct {
		flags   map[string]string
		environ []string
		files   map[string]string
	}
	secret := "from file\n"
	for _, row := range []struct {
		name        string
		w           world
		want, where string
	}{
		{"flag", world{map[string]string{"EMAIL_FROM": "flag"}, env("EMAIL_FROM=env"), map[string]string{".env": "MERLON_EMAIL_FROM=dotenv", "merlon.toml": "email_from='toml'"}}, "flag", "flag --email-from"},
		{"environment", world{nil, env("EMAIL_FROM=env"), map[string]string{".env": "MERLON_EMAIL_FROM=dotenv", "merlon.toml": "email_from='toml'"}}, "env", "environment variable MERLON_EMAIL_FROM"},
		{"file", world{nil, env("EMAIL_FROM_FILE=/run/s"), map[string]string{"s": secret, ".env": "MERLON_EMAIL_FROM=dotenv"}}, "from file", "file named by environment variable MERLON_EMAIL_FROM_FILE"},
		{".env", world{nil, env(), map[string]string{".env": "A=1\n\nMERLON_EMAIL_FROM=dotenv", "merlon.toml": "email_from='toml'"}}, "dotenv", ".env:3"},
		{"file in .env", world{nil, env(), map[string]string{"s": secret, ".env": "MERLON_EMAIL_FROM_FILE=s", "merlon.toml": "email_from='toml'"}}, "from file", "file named by .env:1"},
		{"merlon.toml", world{nil, env(), map[string]string{"merlon.toml": "# c\nemail_from = 'toml'"}}, "toml", "merlon.toml:2"},
		{"capitals in merlon.toml", world{nil, env(), map[string]string{"merlon.toml": "EMAIL_FROM = 'toml'"}}, "toml", "merlon.toml:1"},
		{"file in merlon.toml", world{nil, env(), map[string]string{"s": secret, "merlon.toml": "email_from_file = 's'"}}, "from file", "file named by merlon.toml:1"},
		{"default", world{nil, env(), nil}, "", "default"},
		{"empty in the environment wins", world{nil, env("EMAIL_FROM="), map[string]string{".env": "MERLON_EMAIL_FROM=dotenv"}}, "", "environment variable MERLON_EMAIL_FROM"},
	} {
		s, err := load(t, settings.Source{Flags: row.w.flags, Environ: row.w.environ, ReadFile: files(row.w.files)})
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
		} else if s.Mail.From != row.want || s.Where("EMAIL_FROM") != row.where {
			t.Errorf("%s: %q from %q, want %q from %q", row.name, s.Mail.From, s.Where("EMAIL_FROM"), row.want, row.where)
		}
	}
}

func TestUnprefixed(t *testing.T) {
	const a, b = "postgres://h/a", "postgres://h/b"
	for _, row := range []struct {
		name    string
		environ []string
		dotenv  string
		want    string
		where   string
	}{
		{"bare", append(env(), "DATABASE_URL="+a), "", "a", "environment variable DATABASE_URL"},
		{"prefixed wins", append(env("DATABASE_URL="+b), "DATABASE_URL="+a), "", "b", "environment variable MERLON_DATABASE_URL"},
		{"environment before .env", append(env(), "DATABASE_URL="+a), "MERLON_DATABASE_URL=" + b, "a", "environment variable DATABASE_URL"},
		{"bare in .env", env(), "DATABASE_URL=" + a, "a", ".env:1"},
		{"bare file", append(env(), "DATABASE_URL_FILE=url"), "", "f", "file named by environment variable DATABASE_URL_FILE"},
		{"others have no bare name", append(env(), "DATABASE_URL="+a, "DEBUG=true", "SECRET_KEY=x", "CSP=x"), "CSP=x", "a", "environment variable DATABASE_URL"},
	} {
		s, err := load(t, settings.Source{Environ: row.environ, ReadFile: files(map[string]string{".env": row.dotenv, "url": "postgres://h/f\n"})})
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
		} else if s.Store.DatabaseURL.Name() != row.want || s.Where("DATABASE_URL") != row.where || s.Debug || s.CSP.Policy != "strict" {
			t.Errorf("%s: %v from %q", row.name, s.Store.DatabaseURL, s.Where("DATABASE_URL"))
		}
	}
}

// TestEmptyMeansTheDefault where it could mean nothing else, as compose files
// pass variables that nobody set. It never means another database.
func TestEmptyMeansTheDefault(t *testing.T) {
	s, err := load(t, settings.Source{Environ: env("DEBUG=", "BODY_LIMIT= ", "REDIS_URL=", "SESSION_COOKIE_AGE=", "TRUSTED_PROXIES=", "UPSTREAM=", "LOG_LEVEL=", "SECURE_SSL_REDIRECT=")})
	if err != nil {
		t.Fatal(err)
	}
	if s.Debug || s.Server.BodyLimit != 1<<20 || !s.Store.RedisURL.IsZero() || !s.Hosts.SSLRedirect || s.Log.Level != "info" || s.Gateway.Upstream != nil {
		t.Errorf("%+v", s)
	}
	if want := "environment variable MERLON_DEBUG, which is empty: default"; s.Where("debug") != want {
		t.Errorf("%q, want %q", s.Where("debug"), want)
	}
	_, err = load(t, settings.Source{Environ: env("DATABASE_URL=")})
	wantErrors(t, err, "MERLON_DATABASE_URL (environment variable): not a URL; it has no scheme such as postgres://")
	_, err = load(t, settings.Source{Environ: []string{"MERLON_SECRET_KEY=", "MERLON_ALLOWED_HOSTS= , "}})
	wantErrors(t, err, "MERLON_SECRET_KEY (environment variable): required and empty", "MERLON_ALLOWED_HOSTS (environment variable): required and empty")
}

func TestSecretFiles(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"key", "key"}, {"key\n", "key"}, {"key\r\n", "key"}, {"key\n\n", "key\n"}, {" key ", " key "}, {"a\nb\n", "a\nb"},
	} {
		s, err := load(t, settings.Source{
			Environ: []string{"MERLON_ALLOWED_HOSTS=a", "MERLON_SECRET_KEY_FILE=k"}, ReadFile: files(map[string]string{"k": row.text}),
		})
		if err != nil || s.Keys.SecretKey.Reveal() != row.want {
			t.Errorf("%q: %v", row.text, err)
		}
	}
	s, err := load(t, settings.Source{Environ: env("SECRET_KEY_FALLBACKS_FILE=k"), ReadFile: files(map[string]string{"k": "one\ntwo\n"})})
	if err != nil || len(s.Keys.Fallbacks) != 2 || s.Keys.Fallbacks[1].Reveal() != "two" {
		t.Errorf("fallbacks, one a line: %v", err)
	}
}

func TestSecretFileErrors(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "large"), make([]byte, 100<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "binary"), []byte("\xff\xfe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := settings.Load(settings.Source{Dir: dir, Environ: []string{
		"MERLON_SECRET_KEY_FILE=canary-missing", "MERLON_CSP_FILE=folder", "MERLON_EMAIL_FROM_FILE=large", "MERLON_SECURE_SSL_HOST_FILE=", "MERLON_LISTEN_FILE=" + filepath.Join(dir, "binary"),
		"MERLON_ALLOWED_HOSTS=canary", "MERLON_ALLOWED_HOSTS_FILE=canary", "DATABASE_URL=canary", "DATABASE_URL_FILE=canary",
	}})
	wantErrors(t, err,
		"MERLON_SECRET_KEY_FILE (environment variable): names a file that cannot be read: no such file",
		"MERLON_ALLOWED_HOSTS (environment variable): set together with MERLON_ALLOWED_HOSTS_FILE; keep one of them",
		"MERLON_SECURE_SSL_HOST_FILE (environment variable): names no file",
		"MERLON_LISTEN_FILE (environment variable): names a file that is not UTF-8",
		"DATABASE_URL (environment variable): set together with DATABASE_URL_FILE; keep one of them",
		"MERLON_EMAIL_FROM_FILE (environment variable): names a file that cannot be read: larger than 64KiB",
		"MERLON_CSP_FILE (environment variable): names a file that cannot be read: is a directory",
	)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("the cause is lost")
	}
}

// TestDjangoDifference_UnrelatedFileVariable: django-environ reads the file named
// by LOG_FILE as the value of LOG.
func TestDjangoDifference_UnrelatedFileVariable(t *testing.T) {
	var port string
	s, err := load(t, settings.Source{
		Environ: append(env(), "PORT_FILE=/nowhere", "LOG_FILE=/nowhere", "SECRET_KEY_FILE=/nowhere"),
		Extra:   []settings.Setting{settings.Text("LOG", &port, "none", "")},
	})
	if err != nil || port != "none" || s.Where("LOG") != "default" {
		t.Errorf("%q, %v", port, err)
	}
}

func TestPort(t *testing.T) {
	for _, row := range []struct {
		name    string
		dev     bool
		environ []string
		dotenv  string
		want    string
	}{
		{"default", false, env(), "", "127.0.0.1:8000"},
		{"PORT", false, append(env(), "PORT=5000"), "", "0.0.0.0:5000"},
		{"prefixed wins", false, append(env("PORT=6000"), "PORT=5000"), "", "0.0.0.0:6000"},
		{"LISTEN wins", false, append(env("LISTEN=127.0.0.1:1"), "PORT=5000"), "", "127.0.0.1:1"},
		{"LISTEN in .env wins", false, append(env(), "PORT=5000"), "MERLON_LISTEN=:9", ":9"},
		{"dev", true, append(env(), "PORT=5000"), "", "127.0.0.1:5000"},
		{"IPv6", false, env("LISTEN=[::1]:80"), "", "[::1]:80"},
		{"name", false, env("LISTEN=localhost:0"), "", "localhost:0"},
	} {
		s, err := load(t, settings.Source{Dev: row.dev, Environ: row.environ, ReadFile: files(map[string]string{".env": row.dotenv})})
		if err != nil || s.Server.Listen != row.want {
			t.Errorf("%s: %+v, %v", row.name, s, err)
		}
	}
	for _, bad := range []string{"8000", "127.0.0.1", "h:", "h:x", "h:99999", "[::1]", "::1:80", "a b:80", "http://h:80", "h:80:90", "h:-1"} {
		_, err := load(t, settings.Source{Environ: env("LISTEN=" + bad)})
		wantErrors(t, err, "MERLON_LISTEN (environment variable): not an address to listen on; write it like 127.0.0.1:8000, :8000 or [::1]:8000")
	}
	_, err := load(t, settings.Source{Environ: append(env(), "PORT=70000")})
	wantErrors(t, err, "PORT (environment variable): too large; the most is 65535")
}

func TestDev(t *testing.T) {
	s, err := load(t, settings.Source{Dev: true})
	if err != nil {
		t.Fatal(err)
	}
	if !s.Dev || s.Debug || s.Hosts.SSLRedirect || s.Server.Listen != "127.0.0.1:8000" || s.Mail.URL.Scheme != "console" ||
		s.Store.DatabaseURL.Reveal() != "sqlite:///merlon-dev.db" || !s.Keys.SecretKey.IsZero() || s.Hosts.PublicURL.String() != "http://localhost:8000" ||
		s.Sessions.CookieName != "session" || s.CSRF.CookieName != "csrftoken" {
		t.Errorf("%+v", s)
	}
	if diff := cmp.Diff([]string{"localhost", "127.0.0.1", "[::1]", ".localhost"}, s.Hosts.Allowed); diff != "" {
		t.Error(diff)
	}
	if s.Where("ALLOWED_HOSTS") != "default with --dev" || s.Where("MERLON_CSP") != "default" || s.Where("NOPE") != "" {
		t.Errorf("%q, %q, %q", s.Where("ALLOWED_HOSTS"), s.Where("MERLON_CSP"), s.Where("NOPE"))
	}
	// What is set counts under Dev, too.
	s, err = load(t, settings.Source{Dev: true, Environ: env("SECURE_SSL_REDIRECT=true", "DEBUG=on")})
	if err != nil || !s.Debug || !s.Hosts.SSLRedirect || len(s.Hosts.Allowed) != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestRequiredOutsideDev(t *testing.T) {
	_, err := load(t, settings.Source{})
	wantErrors(t, err, "MERLON_SECRET_KEY: required and not set", "MERLON_ALLOWED_HOSTS: required and not set")
}

func TestDefaultsOutsideDev(t *testing.T) {
	s, err := load(t, settings.Source{Environ: env()})
	if err != nil {
		t.Fatal(err)
	}
	if s.Dev || s.Debug || !s.Hosts.SSLRedirect || s.Headers.HSTSSeconds != 3600 || s.Store.DatabaseURL.Path != "merlon.db" || !s.Mail.URL.IsZero() ||
		s.Sessions.CookieName != "__Host-session" || s.CSRF.CookieName != "__Host-csrftoken" || s.Sessions.CookieAge != 14*24*time.Hour || s.Sessions.IdleAge != 24*time.Hour ||
		s.Lockout.FailureLimit != 5 || s.Lockout.Cooloff != 15*time.Minute || s.Headers.FrameOptions != "DENY" || s.CSP.Policy != "strict" {
		t.Errorf("%+v", s)
	}
}

// TestLoopbackOnly: pages with details and the dev site stay on this machine.
func TestLoopbackOnly(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:8000", ":8000", "192.168.1.5:80", "[::]:80", "example.com:80"} {
		_, err := load(t, settings.Source{Dev: true, Environ: env("LISTEN=" + listen)})
		wantErrors(t, err, "MERLON_LISTEN (environment variable): not a loopback address, which --dev requires")
		_, err = load(t, settings.Source{Environ: env("LISTEN="+listen, "DEBUG=1")})
		wantErrors(t, err, "MERLON_LISTEN (environment variable): not a loopback address, which MERLON_DEBUG requires")
	}
	for _, listen := range []string{"127.0.0.1:8000", "127.8.9.1:80", "[::1]:80", "localhost:80"} {
		if _, err := load(t, settings.Source{Environ: env("LISTEN="+listen, "DEBUG=1")}); err != nil {
			t.Errorf("%s: %v", listen, err)
		}
	}
	_, err := load(t, settings.Source{Environ: append(env("DEBUG=1"), "PORT=80")})
	wantErrors(t, err, "PORT (environment variable): not a loopback address, which MERLON_DEBUG requires")
}

func TestPairs(t *testing.T) {
	_, err := load(t, settings.Source{Environ: env(
		"ADMIN_LISTEN=127.0.0.1:8000", "SHUTDOWN_DEADLINE=0", "SESSION_COOKIE_AGE=1h", "SESSION_IDLE_AGE=2h", "SESSION_COOKIE_NAME=x", "CSRF_COOKIE_NAME=x",
		"SECURE_HSTS_SECONDS=0", "SECURE_HSTS_RAMP_START=2026-01-01",
		"LOCKOUT_STORE=redis", "LOCKOUT_FAILURE_LIMIT=10", "LOCKOUT_HARD_LIMIT=9", "LOCKOUT_MAX_COOLOFF=14m",
	)})
	wantErrors(t, err,
		"MERLON_ADMIN_LISTEN (environment variable): the same address as LISTEN",
		"MERLON_SHUTDOWN_DEADLINE (environment variable): 0, which leaves the requests that DRAIN_DELAY lets in no time",
		"MERLON_SESSION_IDLE_AGE (environment variable): longer than SESSION_COOKIE_AGE",
		"MERLON_CSRF_COOKIE_NAME (environment variable): the same name as SESSION_COOKIE_NAME",
		"MERLON_SECURE_HSTS_RAMP_START (environment variable): set while SECURE_HSTS_SECONDS is 0, which sends no header",
		"MERLON_LOCKOUT_STORE (environment variable): redis, but REDIS_URL is not set",
		"MERLON_LOCKOUT_MAX_COOLOFF (environment variable): shorter than LOCKOUT_COOLOFF",
		"MERLON_LOCKOUT_HARD_LIMIT (environment variable): lower than LOCKOUT_FAILURE_LIMIT",
	)
	s, err := load(t, settings.Source{Environ: env("SESSION_COOKIE_AGE=1h")})
	if err != nil || s.Sessions.IdleAge != time.Hour || s.Where("SESSION_IDLE_AGE") != "derived from SESSION_COOKIE_AGE" {
		t.Errorf("%v", err)
	}
}

func TestPublicURL(t *testing.T) {
	for _, row := range []struct{ hosts, url, want, where string }{
		{"a.example,b.example", "", "https://a.example", "derived from ALLOWED_HOSTS"},
		{".a.example", "", "https://a.example", "derived from ALLOWED_HOSTS"},
		{"*,b.example", "", "https://b.example", "derived from ALLOWED_HOSTS"},
		{"a.example", "https://WWW.a.example:8443/", "https://www.a.example:8443", "environment variable MERLON_PUBLIC_URL"},
		{"*", "", "", "default"},
	} {
		environ := []string{"MERLON_SECRET_KEY=k", "MERLON_ALLOWED_HOSTS=" + row.hosts}
		if row.url != "" {
			environ = append(environ, "MERLON_PUBLIC_URL="+row.url)
		}
		s, err := load(t, settings.Source{Environ: environ})
		if err != nil {
			t.Errorf("%+v: %v", row, err)
			continue
		}
		got := ""
		if s.Hosts.PublicURL != nil {
			got = s.Hosts.PublicURL.String()
		}
		if got != row.want || s.Where("PUBLIC_URL") != row.where {
			t.Errorf("%+v: %q from %q", row, got, s.Where("PUBLIC_URL"))
		}
	}
	_, err := load(t, settings.Source{Environ: env("PUBLIC_URL=https://a.example/path")})
	wantErrors(t, err, "MERLON_PUBLIC_URL (environment variable): a path, where an origin such as https://www.example.com belongs")
}

func TestExplainMasks(t *testing.T) {
	s, err := load(t, settings.Source{Environ: env("SECRET_KEY_FALLBACKS=canary1,canary2", "DATABASE_URL=postgres://u:canary@h/db", "EMAIL_URL=smtp://u:canary@h:587", "REDIS_URL=rediss://:canary@h")})
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		if text := fmt.Sprintf(verb+verb, s, *s); strings.Contains(text, "canary") || strings.Contains(text, "63616e617279") {
			t.Errorf("%s: %s", verb, text)
		}
	}
	got := make(map[string]settings.Value)
	for _, v := range s.Explain() {
		got[v.Key] = v
		if strings.Contains(fmt.Sprint(v), "canary") {
			t.Errorf("%+v", v)
		}
	}
	if len(got) != len(settings.Keys()) {
		t.Errorf("%d values of %d keys", len(got), len(settings.Keys()))
	}
	for key, want := range map[string]settings.Value{
		"SECRET_KEY":           {Key: "SECRET_KEY", Value: "[secret]", Source: "environment variable MERLON_SECRET_KEY", Secret: true},
		"SECRET_KEY_FALLBACKS": {Key: "SECRET_KEY_FALLBACKS", Value: "[secret],[secret]", Source: "environment variable MERLON_SECRET_KEY_FALLBACKS", Secret: true},
		"DATABASE_URL":         {Key: "DATABASE_URL", Value: "postgres://u:***@h/db", Source: "environment variable MERLON_DATABASE_URL"},
		"REDIS_URL":            {Key: "REDIS_URL", Value: "rediss://:***@h", Source: "environment variable MERLON_REDIS_URL"},
		"EMAIL_URL":            {Key: "EMAIL_URL", Value: "smtp://u:***@h:587", Source: "environment variable MERLON_EMAIL_URL"},
		"SESSION_COOKIE_AGE":   {Key: "SESSION_COOKIE_AGE", Value: "14d", Source: "default"},
	} {
		if diff := cmp.Diff(want, got[key]); diff != "" {
			t.Error(diff)
		}
	}
}

// TestExplainReadsBack: what Explain shows of a setting that is no secret is a
// value that loads as the same setting.
func TestExplainReadsBack(t *testing.T) {
	first, err := load(t, settings.Source{Environ: env("SECURE_HSTS_RAMP_START=2026-01-01", "SILENCED_CHECKS=a=why,b", "ADMIN_LISTEN=:9", "UPSTREAM=http://h/x", "TRUSTED_PROXIES=loopback,10.0.0.0/8")})
	if err != nil {
		t.Fatal(err)
	}
	environ := env()
	for _, v := range first.Explain() {
		if !v.Secret && v.Key != "ALLOWED_HOSTS" {
			environ = append(environ, "MERLON_"+v.Key+"="+v.Value)
		}
	}
	second, err := load(t, settings.Source{Environ: environ})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range second.Explain() {
		if v.Value != first.Explain()[i].Value {
			t.Errorf("%s: %q became %q", v.Key, first.Explain()[i].Value, v.Value)
		}
	}
}

func TestRealFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{".env": "MERLON_SECRET_KEY_FILE=key\n", "key": "k\n", "merlon.toml": "allowed_hosts = ['a.example', 'b.example']\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := settings.Load(settings.Source{Dir: dir, Environ: []string{}})
	if err != nil || s.Keys.SecretKey.Reveal() != "k" || len(s.Hosts.Allowed) != 2 {
		t.Errorf("%v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "sub", ".env"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = settings.Load(settings.Source{Dir: filepath.Join(dir, "sub"), Environ: env()})
	wantErrors(t, err, ".env: cannot be read: is a directory")
}

// TestReadHoldsDefaultsForWhatIsWrong so that the rest can be judged, names
// each wrong setting, and keeps no value in what it returns.
func TestReadHoldsDefaultsForWhatIsWrong(t *testing.T) {
	s := settings.Read(settings.Source{
		Environ:  env("SESSION_IDLE_AGE=canary", "DATABASE_URL=canary://x", "CSP=default-src 'none'", "SESSION_COOKIE_AGE=1h", "DEBUG_FILE=/nowhere", "DEBGU=1", "BODY_LIMIT=2MiB"),
		Flags:    map[string]string{"LISTEN": "canary"},
		ReadFile: files(map[string]string{".env": "\nMERLON_LOG_LEVEL=${CANARY\n", "merlon.toml": "log_format = ['canary']\n"}),
	})
	wantErrors(t, s.Err(),
		"MERLON_LOG_LEVEL (.env:2): a malformed reference; write ${NAME} or ${NAME:-default}",
		"MERLON_DEBUG_FILE (environment variable): names a file that cannot be read: no such file",
		"--listen (flag): not an address to listen on; write it like 127.0.0.1:8000, :8000 or [::1]:8000",
		"MERLON_DATABASE_URL (environment variable): a URL with an unknown scheme; use sqlite, postgres",
		"MERLON_SESSION_IDLE_AGE (environment variable): not a duration; write it like 90s, 15m, 24h or 14d",
		"log_format (merlon.toml:1): a list where a single value belongs",
		"MERLON_DEBGU (environment): unknown setting; did you mean MERLON_DEBUG?",
	)
	if s.Server.Listen != "127.0.0.1:8000" || s.Store.DatabaseURL.Scheme != "sqlite" || s.Log.Level != "info" || s.Log.Format != "json" || s.CSP.Policy != "default-src 'none'" || s.Server.BodyLimit != 2<<20 {
		t.Errorf("neither default nor value: %+v", s)
	}
	for _, name := range []string{"DEBUG", "LISTEN", "DATABASE_URL", "SESSION_IDLE_AGE", "LOG_LEVEL", "LOG_FORMAT"} {
		if s.Sound(name) || s.Sound("CSP", name) {
			t.Errorf("%s is sound", name)
		}
	}
	if !s.Sound("CSP", "BODY_LIMIT", "SECRET_KEY") {
		t.Error("what is right is not sound")
	}
	if e := s.Fault("CSP", "bad", nil); e.Error() != "MERLON_CSP (environment variable): bad" || e.Name != "CSP" {
		t.Errorf("%+v", e)
	}
	if e := s.Fault("X_FRAME_OPTIONS", "bad", nil); e.Error() != "MERLON_X_FRAME_OPTIONS: bad" {
		t.Errorf("a default: %+v", e)
	}
	if strings.Contains(fmt.Sprintf("%+v", s), "canary") {
		t.Errorf("a value: %+v", s)
	}
	for _, src := range []settings.Source{{Prefix: "x"}, {Extra: []settings.Setting{{}}}} {
		if s := settings.Read(src); s.Err() == nil {
			t.Errorf("%+v: no error", src)
		}
	}
}

func TestWithhold(t *testing.T) {
	for _, row := range [][3]string{
		{`csp: unknown directive "Hunter2"`, "default-src 'none'; hunter2", "csp: unknown directive (entry 2)"},
		{`name "a\" b" is not "there"`, `a" b`, `name (entry 1) is not "there"`},
		{`no origin "x"`, "http://a.example, x", "no origin (entry 2)"},
		{`no quotes`, "quotes", "no quotes"},
		{`nothing in ""`, "x", `nothing in ""`},
		{`split "a;b"`, "a;b", "split (not shown)"},
	} {
		if got := settings.Withhold(row[0], row[1]); got != row[2] {
			t.Errorf("%s: %s, want %s", row[0], got, row[2])
		}
	}
}

// TestPipe: password managers make .env a named pipe.
func TestPipe(t *testing.T) {
	mkfifo, err := exec.LookPath("mkfifo")
	if err != nil {
		t.Skip("no mkfifo")
	}
	dir := t.TempDir()
	pipe := filepath.Join(dir, ".env")
	if out, err := exec.Command(mkfifo, pipe).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	synctest.Test(t, func(t *testing.T) { // whose time stands still while somebody reads or writes
		written := make(chan error, 1)
		go func() { written <- os.WriteFile(pipe, []byte("MERLON_EMAIL_FROM=a@example.com\n"), 0) }()
		s, err := settings.Load(settings.Source{Dir: dir, Environ: []string{}, Dev: true})
		if err != nil || s.Mail.From != "a@example.com" {
			t.Fatalf("%v %v", s, err)
		}
		if err := <-written; err != nil {
			t.Error(err)
		}
	})
}
