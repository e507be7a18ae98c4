package settings_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/settings"
)

func TestUnknownKeys(t *testing.T) {
	_, err := load(t, settings.Source{
		Environ: append(env("DEBUGG=canary", "secret_key=canary", "SECRET_KEYS_FILE=canary", "ZZZ=canary", "SECURE_PROXY_SSL_HEADER=canary", "W\x1b[31mX=canary"), "DEBUGG=x", "MERLON=x", "merlon_debug=canary", "Merlon_=canary"),
		Flags:   map[string]string{"LISTN": "canary"},
		ReadFile: files(map[string]string{
			".env":        "DEBUGG=1\nMERLON_CPS=canary\n",
			"merlon.toml": "debug = false\n\nalowed_hosts = ['canary']\nSESION_COOKIE_AGE = 1\n'odd key' = 1\n[rate_limit]\na = 'canary'\n",
		}),
	})
	wantErrors(t, err,
		"LISTN (flag): unknown setting; did you mean LISTEN?",
		"MERLON_DEBUGG (environment): unknown setting; did you mean MERLON_DEBUG?",
		"MERLON_SECRET_KEYS_FILE (environment): unknown setting; did you mean MERLON_SECRET_KEY_FILE?",
		"MERLON_SECURE_PROXY_SSL_HEADER (environment): unknown setting: name the proxies in TRUSTED_PROXIES",
		"MERLON_W??31mX (environment): unknown setting",
		"MERLON_ZZZ (environment): unknown setting",
		"MERLON_secret_key (environment): unknown setting; did you mean MERLON_SECRET_KEY?",
		"Merlon_? (environment): unknown setting",
		"merlon_debug (environment): unknown setting; did you mean MERLON_DEBUG?",
		"MERLON_CPS (.env:2): unknown setting; did you mean MERLON_CSP?",
		"alowed_hosts (merlon.toml:3): unknown setting; did you mean allowed_hosts?",
		"SESION_COOKIE_AGE (merlon.toml:4): unknown setting; did you mean SESSION_COOKIE_AGE?",
		"odd?key (merlon.toml:5): unknown setting",
		"rate_limit (merlon.toml:6): unknown setting; did you mean rate_limits?",
	)
}

// TestKubernetesServiceLinks: a service called merlon puts variables into every
// container that begin like ours.
func TestKubernetesServiceLinks(t *testing.T) {
	s, err := load(t, settings.Source{Environ: env(
		"SERVICE_HOST=10.0.0.1", "SERVICE_PORT=80", "SERVICE_PORT_HTTP=80", "PORT=tcp://10.0.0.1:80", "PORT_80_TCP=tcp://10.0.0.1:80", "PORT_80_TCP_PROTO=tcp",
		"PORT_80_TCP_PORT=80", "PORT_80_TCP_ADDR=10.0.0.1", "WEB_SERVICE_HOST=10.0.0.1", "WEB_PORT=tcp://10.0.0.1:80", "WEB_PORT_80_TCP_ADDR=10.0.0.1",
	)})
	if err != nil || s.Server.Listen != "127.0.0.1:8000" {
		t.Errorf("%v", err)
	}
}

// TestErrorsHoldNoValue puts a canary into every setting, by every way in.
func TestErrorsHoldNoValue(t *testing.T) {
	const canary = "canary5f1c"
	shapes := []string{
		canary, `"` + canary, "postgres://u:" + canary + "/@h/db", "http://" + canary + ":x@h:y", "vault://" + canary, "redis://:" + canary + "@h:y", "smtp://u:" + canary + "@h:y",
		canary + "\x00", canary + "\x1b[31m", "1" + canary, canary + ":99999", "fail://" + canary,
	}
	failing := provider(func(ref string) (string, error) { return "", errors.New("no " + ref) })
	for _, shape := range shapes {
		each := func(format string) string { // one line a setting
			var b strings.Builder
			for _, k := range settings.Keys() {
				b.WriteString(strings.NewReplacer("KEY", k.Name, "key", strings.ToLower(k.Name), "QUOTED", fmt.Sprintf("%q", shape), "VALUE", shape).Replace(format) + "\n")
			}
			return b.String()
		}
		flags := map[string]string{"X": shape}
		for _, k := range settings.Keys() {
			flags[k.Name] = shape
		}
		for name, src := range map[string]settings.Source{
			"flags":                  {Flags: flags},
			"environment":            {Environ: strings.Split(each("MERLON_KEY=VALUE"), "\n")},
			"files":                  {Environ: strings.Split(each("MERLON_KEY_FILE=VALUE"), "\n")},
			"both, and unknown ones": {Environ: strings.Split(each("MERLON_KEY=VALUE\nMERLON_KEY_FILE=VALUE\nMERLON_KEYX=VALUE"), "\n")},
			".env":                   {ReadFile: files(map[string]string{".env": each("MERLON_KEY=VALUE")})},
			".env, quoted":           {ReadFile: files(map[string]string{".env": each(`MERLON_KEY="VALUE" VALUE`)})},
			".env, not closed":       {ReadFile: files(map[string]string{".env": "MERLON_CSP=\"" + shape + "\n" + each("MERLON_KEY=VALUE")})},
			".env, bare":             {ReadFile: files(map[string]string{".env": each("VALUE") + each("VALUE VALUE=KEY")})},
			"merlon.toml":            {ReadFile: files(map[string]string{"merlon.toml": each("key = QUOTED")})},
			"merlon.toml, list":      {ReadFile: files(map[string]string{"merlon.toml": each("KEY = [QUOTED, {a = 1}]")})},
			"merlon.toml, table":     {ReadFile: files(map[string]string{"merlon.toml": each("[key]\nx = QUOTED\ny = [QUOTED]")})},
			"merlon.toml, malformed": {ReadFile: files(map[string]string{"merlon.toml": each("key = VALUE")})},
		} {
			src.Providers = map[string]settings.Provider{"fail": failing}
			_, err := load(t, src)
			if err == nil || strings.Contains(err.Error(), canary) {
				t.Fatalf("%s as %.40q: %v", name, shape, err)
			}
		}
	}
	long := strings.Repeat(canary, 7_000)
	_, err := load(t, settings.Source{Environ: env("CSP="+long, "EMAIL_FROM="+long), Flags: map[string]string{"DATABASE_URL": long}})
	wantErrors(t, err,
		"--database-url (flag): longer than 64 KiB", "MERLON_EMAIL_FROM (environment variable): longer than 64 KiB", "MERLON_CSP (environment variable): longer than 64 KiB")
}
