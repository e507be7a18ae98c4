package manage_test

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/manage"
	"github.com/merlon-go/merlon/settings"
)

// canary is in every wrong value below; none may come out.
const canary = "hunter2canary"

// wrong has a value for every setting that it cannot have. Most are found when
// they are read; the others only by the control, the store or the check that
// they are for.
var wrong = map[string]string{
	"SECRET_KEY":                          canary,
	"SECRET_KEY_FALLBACKS":                canary,
	"DEBUG":                               canary,
	"ALLOWED_HOSTS":                       "https://" + canary + "/x",
	"PUBLIC_URL":                          canary,
	"TRUSTED_PROXIES":                     "10.0.0.0/8," + canary,
	"SECURE_SSL_REDIRECT":                 canary,
	"SECURE_SSL_HOST":                     "https://" + canary + "/",
	"SECURE_REDIRECT_EXEMPT":              "/{" + canary,
	"LISTEN":                              canary,
	"PORT":                                canary,
	"ADMIN_LISTEN":                        canary,
	"BODY_LIMIT":                          canary,
	"HEADER_LIMIT":                        canary,
	"READ_HEADER_TIMEOUT":                 canary,
	"READ_TIMEOUT":                        canary,
	"WRITE_TIMEOUT":                       canary,
	"IDLE_TIMEOUT":                        canary,
	"DRAIN_DELAY":                         canary,
	"REDIS_TIMEOUT":                       canary,
	"SHUTDOWN_DEADLINE":                   canary,
	"DATABASE_URL":                        "postgres://u:" + canary + "@db.example/m?sslmode=" + canary,
	"REDIS_URL":                           "redis://:" + canary + "@cache.example/0?" + canary + "=1",
	"EMAIL_URL":                           "smtp://u:" + canary + "@mail.example?" + canary + "=1",
	"EMAIL_FROM":                          canary,
	"SECURE_HSTS_SECONDS":                 canary,
	"SECURE_HSTS_RAMP_START":              canary,
	"SECURE_HSTS_INCLUDE_SUBDOMAINS":      canary,
	"SECURE_HSTS_PRELOAD":                 canary,
	"SECURE_REFERRER_POLICY":              canary,
	"SECURE_CROSS_ORIGIN_OPENER_POLICY":   canary,
	"SECURE_CROSS_ORIGIN_RESOURCE_POLICY": canary,
	"SECURE_CROSS_ORIGIN_EMBEDDER_POLICY": canary,
	"X_FRAME_OPTIONS":                     canary,
	"PERMISSIONS_POLICY":                  canary + "=()",
	"CSP":                                 canary + " https:",
	"CSP_REPORT_ONLY":                     canary,
	"CSP_REPORT_PERCENTAGE":               canary,
	"CSRF_TRUSTED_ORIGINS":                canary,
	"CSRF_COOKIE_NAME":                    canary + ";",
	"CSRF_HEADER_NAME":                    canary + ":",
	"CSRF_FIELD_NAME":                     canary + " \"",
	"SESSION_COOKIE_NAME":                 canary + ";",
	"SESSION_COOKIE_AGE":                  canary,
	"SESSION_IDLE_AGE":                    canary,
	"PASSWORD_MIN_LENGTH":                 canary,
	"PASSWORD_HASH_CONCURRENCY":           canary,
	"RATE_LIMITS":                         "home: GET / by network 60/" + canary,
	"LOCKOUT_FAILURE_LIMIT":               canary,
	"LOCKOUT_COOLOFF":                     canary,
	"LOCKOUT_MAX_COOLOFF":                 canary,
	"LOCKOUT_PARAMETERS":                  canary,
	"LOCKOUT_HARD_LIMIT":                  canary,
	"LOCKOUT_ALLOW_NETWORKS":              canary,
	"LOCKOUT_DENY_NETWORKS":               canary,
	"LOCKOUT_HIDDEN":                      canary,
	"LOCKOUT_STORE":                       canary,
	"UPSTREAM":                            canary,
	"SECURITY_CONTACT":                    canary,
	"SECURITY_POLICY_URL":                 canary,
	"SECURITY_ENCRYPTION_URL":             canary,
	"SECURITY_ACKNOWLEDGMENTS_URL":        canary,
	"SECURITY_HIRING_URL":                 canary,
	"SECURITY_LANGUAGES":                  canary,
	"SECURITY_TXT_EXPIRES":                canary,
	"LOG_LEVEL":                           canary,
	"LOG_FORMAT":                          canary,
	"SILENCED_CHECKS":                     "=" + canary,
}

// TestWrongSettingIsNamed by every command that judges them, whoever finds it:
// alone and among all others, wherever it was set, and never with its value.
func TestWrongSettingIsNamed(t *testing.T) {
	for i, key := range settings.Keys() {
		value, ok := wrong[key.Name]
		if !ok {
			t.Errorf("%s has no wrong value in this table", key.Name)
			continue
		}
		s := newSession(t, manage.App{}, "MERLON_"+key.Name+"="+value)
		for _, command := range []string{"settings", "check", "serve"} {
			names := namedBy(t, s, command)
			if len(names) != 1 || !names[key.Name+" (environment variable)"] {
				t.Errorf("%s: %s names %v", key.Name, command, slices.Sorted(maps.Keys(names)))
			}
		}
		if i%8 > 0 {
			continue // it is the same code for all
		}
		code, _, errs := s.run("settings", key.Name)
		if !strings.Contains(errs, "MERLON_"+key.Name+" (environment variable)") || code != 1 && !strings.HasPrefix(key.Name, "SECRET_KEY") {
			t.Errorf("settings %s: code %d, %s", key.Name, code, errs)
		}
	}
}

func TestWrongSettingsAreAllNamedAtOnce(t *testing.T) {
	keys := slices.Sorted(maps.Keys(wrong))
	t.Run("environment", func(t *testing.T) {
		s := newSession(t, manage.App{})
		s.vars = nil
		for _, key := range keys {
			s.vars = append(s.vars, "MERLON_"+key+"="+wrong[key])
		}
		allNamed(t, s, func(string) string { return "environment variable" })
	})
	for _, file := range []struct{ name, line string }{{".env", "MERLON_%s='%s'\r\n"}, {"merlon.toml", "%s = '%s'\n"}} {
		t.Run(file.name, func(t *testing.T) {
			s := newSession(t, manage.App{})
			s.vars = nil
			text := "\ufeff"
			for _, key := range keys {
				text += fmt.Sprintf(file.line, key, wrong[key])
			}
			if err := os.WriteFile(filepath.Join(s.dir, file.name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			allNamed(t, s, func(key string) string {
				return fmt.Sprintf("%s:%d", file.name, slices.Index(keys, key)+1)
			})
		})
	}
	t.Run("dev", func(t *testing.T) {
		s := newSession(t, manage.App{}, "MERLON_CSP="+wrong["CSP"], "MERLON_DEBUG="+canary, "MERLON_RATE_LIMITS="+wrong["RATE_LIMITS"])
		for _, command := range []string{"settings --dev", "check --dev", "serve --dev"} {
			if names := namedBy(t, s, command); len(names) != 3 {
				t.Errorf("%s names %v", command, slices.Sorted(maps.Keys(names)))
			}
		}
		if left, _ := os.ReadDir(s.dir); len(left) > 0 {
			t.Errorf("files were left behind: %v", left)
		}
	})
}

func allNamed(t *testing.T, s *session, place func(key string) string) {
	t.Helper()
	for _, command := range []string{"settings", "check", "serve", "settings LISTEN"} {
		names := namedBy(t, s, command)
		for key := range wrong {
			if want := key + " (" + place(key) + ")"; !names[want] && (command != "settings LISTEN" || key == "LISTEN") {
				t.Errorf("%s does not name %s", command, want)
			}
		}
	}
}

// TestAttackReportShowsAPastedPassword: in no format.
func TestAttackReportShowsAPastedPassword(t *testing.T) {
	s := newSession(t, manage.App{})
	for key, value := range wrong {
		s.vars = append(s.vars, "MERLON_"+key+"="+value)
	}
	for _, format := range []string{"json", "sarif", "junit", "html"} {
		code, out, errs := s.run("check", "--deploy", "--verbose", "--format", format)
		if code != 3 || strings.Contains(strings.ToLower(out+errs), canary) {
			t.Errorf("%s: code %d\n%s", format, code, around(out+errs, canary))
		}
	}
}

var naming = regexp.MustCompile(`(?:^|\s)(?:MERLON_)?([A-Z_]+) \(((?:environment variable|\.env:|merlon\.toml:)[^)]*)\)`)

// namedBy runs a command that must fail, and returns the settings that it names
// with their places.
func namedBy(t *testing.T, s *session, command string) map[string]bool {
	t.Helper()
	s.env.Listen = func(string, string) (net.Listener, error) { return nil, errors.New("it listens") }
	code, out, errs := s.run(strings.Fields(command)...)
	text := out + errs
	weak := command == "settings" && code == 0 && strings.Contains(errs, "warning")
	if code == 0 && !weak || strings.Contains(text, "it listens") {
		t.Errorf("%s: code %d\n%s", command, code, text)
	}
	if strings.Contains(strings.ToLower(text), canary) {
		t.Errorf("%s shows a value:\n%s", command, text)
	}
	if weak {
		text = errs // the table names every setting
	}
	names := map[string]bool{}
	for _, m := range naming.FindAllStringSubmatch(text, -1) {
		place, _, _ := strings.Cut(m[2], " MERLON_")
		names[m[1]+" ("+place+")"] = true
	}
	return names
}

// TestSettingsShowsOne setting with its default and meaning, however its name
// is written, and knows what a wrong name was meant to be.
func TestSettingsShowsOne(t *testing.T) {
	s := newSession(t, manage.App{}, "MERLON_DATABASE_URL=postgres://u:"+canary+"@db.example/m?sslmode=verify-full")
	for _, c := range []struct {
		name string
		code int
		want []string
	}{
		{"LISTEN", 0, []string{"setting  LISTEN\nvalue    127.0.0.1:8000\nfrom     default\ndefault  127.0.0.1:8000\ntype     address\nmeaning  Address the site listens on."}},
		{"merlon_allowed_hosts", 0, []string{"value    www.example.com\n", "from     environment variable MERLON_ALLOWED_HOSTS\n", "default  none; required; with --dev localhost"}},
		{"database-url", 0, []string{"value    postgres://u:***@db.example/m", "default  sqlite:///merlon.db; with --dev sqlite:///merlon-dev.db\n"}},
		{"SECRET_KEY", 0, []string{"value    [secret]\n", "default  none; required except with --dev\n"}},
		{"ALOWED_HOSTS", 2, []string{"merlon: there is no setting \"ALOWED_HOSTS\"\nhint: did you mean ALLOWED_HOSTS?\n"}},
		{"hsts", 2, []string{"hint: there are SECURE_HSTS_SECONDS, SECURE_HSTS_RAMP_START,"}},
		{"DEFAULT_FROM_EMAIL", 2, []string{"hint: it is called EMAIL_FROM\n"}},
		{"zzzzzzzzz", 2, []string{"hint: run \"merlon settings\" for all of them\n"}},
	} {
		code, out, errs := s.run("settings", c.name)
		for _, want := range c.want {
			if !strings.Contains(out+errs, want) || code != c.code || strings.Contains(out+errs, canary) {
				t.Errorf("%s: code %d, no %q in\n%s%s", c.name, code, want, out, errs)
			}
		}
	}
	if out := s.must("settings", "--format", "json", "LISTEN"); !strings.Contains(out, `"default": "127.0.0.1:8000"`) || !strings.Contains(out, `"key": "LISTEN"`) {
		t.Errorf("as JSON: %s", out)
	}
	if code, _, errs := s.run("settings", "LISTEN", "PORT"); code != 2 || !strings.Contains(errs, `unexpected argument "PORT"`) {
		t.Errorf("two names: code %d, %s", code, errs)
	}
}

// TestUnreadFileIsTheOnlyFault: what is required may stand in it.
func TestUnreadFileIsTheOnlyFault(t *testing.T) {
	s := newSession(t, manage.App{Paths: true})
	s.vars = nil
	if err := os.Mkdir(filepath.Join(s.dir, ".env"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"settings", "serve", "migrate"} {
		if code, _, errs := s.run(command); code != 1 || errs != "merlon: 1 setting cannot be used\n  .env: cannot be read: is a directory\n" {
			t.Errorf("%s: code %d, %s", command, code, errs)
		}
	}
	if _, out, errs := s.run("check"); !strings.Contains(out, "1 finding (1 error)") {
		t.Errorf("check: %s%s", out, errs)
	}
}

// TestCommandsMakeNoDatabase but those that are for it: a command in the wrong
// folder leaves nothing there.
func TestCommandsMakeNoDatabase(t *testing.T) {
	s := newSession(t, manage.App{})
	for _, command := range []string{"user list", "user show a@example.com", "lockout list", "audit verify", "audit tail", "csp reports", "migrate --plan", "settings", "check"} {
		code, out, errs := s.run(strings.Fields(command)...)
		if left, _ := os.ReadDir(s.dir); len(left) > 0 {
			t.Fatalf("%s made %v", command, left)
		}
		plan := strings.HasPrefix(command, "migrate")
		if plan && !strings.Contains(out, "pending  0001_accounts") || !plan && !strings.HasPrefix(command, "settings") && command != "check" && (code != 1 || !strings.Contains(errs, "merlon.db is not there")) {
			t.Errorf("%s: code %d, %s%s", command, code, out, errs)
		}
	}
}

// TestWhatPeopleType where another word or form is meant.
func TestWhatPeopleType(t *testing.T) {
	s := newSession(t, manage.App{Version: "9.9"})
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"--version", 0, "merlon 9.9"},
		{"-v", 0, "merlon 9.9"},
		{"user help", 0, "Usage:\n  merlon user COMMAND"},
		{"user help create", 0, "Usage:\n  merlon user create EMAIL"},
		{"serve -dev", 2, "hint: did you mean --dev?"},
		{"version --json", 2, "hint: did you mean --format json?"},
		{"user list --limit x", 2, "merlon: invalid argument \"x\" for \"--limit\" flag: not a whole number\n"},
		{"user list --dev=maybe", 2, "flag: true or false, if anything, belongs there\n"},
		{"serve --dev --listen nope", 2, "merlon: 1 setting cannot be used\n  --listen (flag): not an address"},
	} {
		if code, out, errs := s.run(strings.Fields(c.args)...); code != c.code || !strings.Contains(out+errs, c.want) {
			t.Errorf("%s: code %d, %s%s", c.args, code, out, errs)
		}
	}
}

// around is what stands about a word in a long text.
func around(text, word string) string {
	i := strings.Index(strings.ToLower(text), word)
	return text[max(i-200, 0):min(max(i, 0)+200, len(text))]
}
