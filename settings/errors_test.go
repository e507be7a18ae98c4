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
		Environ: append(env("DEBUGG=canary", "secret_key=canary", "SECRET_KEYS_FILE=canary", "ZZZ=canary", "SECURE_PROXY_SSL_HEADER=canary", "W\x1b[31mX=canary"), "DEBUGG=x", "MERLON=x"),
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
		canary + "\x00", canary + "\x1b[31m", "1" + canary, canary + ":99999", strings.Repeat(canary, 10_000), "fail://" + canary,
	}
	for _, k := range settings.Keys() {
		for _, shape := range shapes {
			toml := fmt.Sprintf("%s = %q\n[%s.x]\ny = %q\n", strings.ToLower(k.Name), shape, canary, canary)
			for _, src := range []settings.Source{
				{Environ: []string{"MERLON_" + k.Name + "=" + shape}},
				{Environ: []string{"MERLON_" + k.Name + "_FILE=" + shape}},
				{Environ: []string{"MERLON_" + k.Name + "=" + shape, "MERLON_" + k.Name + "_FILE=" + shape, "MERLON_" + k.Name + "X=" + shape}},
				{Flags: map[string]string{k.Name: shape, "X": shape}},
				{ReadFile: files(map[string]string{".env": "MERLON_" + k.Name + "=" + shape})},
				{ReadFile: files(map[string]string{".env": "MERLON_" + k.Name + "=\"" + shape + "\n" + canary})},
				{ReadFile: files(map[string]string{".env": shape})},
				{ReadFile: files(map[string]string{"merlon.toml": strings.ReplaceAll(toml, canary+".x", "x.y")})},
				{ReadFile: files(map[string]string{"merlon.toml": k.Name + " = " + shape})},
				{ReadFile: files(map[string]string{"merlon.toml": k.Name + " = [" + fmt.Sprintf("%q", shape) + ", {a=1}]"})},
			} {
				src.Providers = map[string]settings.Provider{"fail": provider(func(ref string) (string, error) { return "", errors.New("no " + ref) })}
				s, err := load(t, src)
				if err != nil && strings.Contains(err.Error(), canary) {
					t.Fatalf("%s as %.40q: %v", k.Name, shape, err)
				}
				if s != nil && k.Secret {
					if text := fmt.Sprintf("%+v %#v %v", s, s.Keys, s.Explain()); strings.Contains(text, canary) {
						t.Fatalf("%s: %s", k.Name, text)
					}
				}
			}
		}
	}
}
