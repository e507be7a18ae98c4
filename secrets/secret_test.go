package secrets_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/secrets"
)

const canary = "canary-5f1c9e-value"

type holder struct {
	Name   string
	Public secrets.Secret
	hidden secrets.Secret
	ptr    *secrets.Secret
	list   []secrets.Secret
	byName map[string]secrets.Secret
	any    any
}

// containers is a Secret in every place that reflection reaches.
func containers() map[string]any {
	s := secrets.New(canary)
	h := holder{"n", s, s, &s, []secrets.Secret{s}, map[string]secrets.Secret{"k": s}, s}
	return map[string]any{
		"value": s, "pointer": &s, "slice": []secrets.Secret{s}, "array": [1]secrets.Secret{s},
		"map": map[string]secrets.Secret{"k": s}, "struct": h, "struct pointer": &h, "interfaces": []any{s, &s, h},
		"anonymous": struct{ secrets.Secret }{s}, "unexported in unexported": struct{ h holder }{h},
		"error": fmt.Errorf("opening with %v", s), "joined": errors.Join(fmt.Errorf("%+v", h), fmt.Errorf("%s", s)),
	}
}

func TestSecretNeverPrints(t *testing.T) {
	verbs := []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%#x", "%d", "%o", "%b", "%c", "%U", "%t", "%f", "%e", "%p", "%T", "%!", "%10v", "%-40s", "%.3s"}
	hexed := fmt.Sprintf("%x", canary)
	for name, v := range containers() {
		for _, verb := range verbs {
			leaks(t, name+" "+verb, fmt.Sprintf(verb, v), hexed)
		}
		leaks(t, name+" Print", fmt.Sprint(v)+fmt.Sprintln(v), hexed)
	}
}

func leaks(t *testing.T, where, text string, more ...string) {
	t.Helper()
	for _, bad := range append(more, canary, "Y2FuYXJ5", "63616e617279", "99 97 110") {
		if strings.Contains(strings.ToLower(text), strings.ToLower(bad)) {
			t.Errorf("%s leaks: %s", where, text)
		}
	}
}

func TestSecretPrintsAFixedWord(t *testing.T) {
	s := secrets.New(canary)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%.2s"} {
		for name, v := range map[string]any{"value": s, "pointer": &s, "zero": secrets.Secret{}} {
			if got := fmt.Sprintf(verb, v); got != "[secret]" {
				t.Errorf("%s of %s is %q", verb, name, got)
			}
		}
	}
	if got := fmt.Sprintf("%10v|%-10v|%3v", s, s, s); got != "  [secret]|[secret]  |[secret]" {
		t.Errorf("padded: %q", got)
	}
	if s.String() != "[secret]" {
		t.Errorf("String: %q", s)
	}
}

func TestSecretNeverMarshals(t *testing.T) {
	for name, v := range containers() {
		text, err := json.Marshal(v)
		if err == nil {
			leaks(t, name+" JSON", string(text))
		}
		if name == "value" || name == "pointer" || name == "slice" || name == "struct" { // XML knows no others
			text, _ = xml.Marshal(v)
			leaks(t, name+" XML", string(text))
		}
		var b bytes.Buffer
		if err := gob.NewEncoder(&b).Encode(v); err != nil {
			leaks(t, name+" gob error", err.Error())
		}
		leaks(t, name+" gob", b.String())
		b.Reset()
		_ = template.Must(template.New("").Parse(`<p title="{{.}}">{{.}}</p><script>x = {{.}}</script>`)).Execute(&b, v)
		leaks(t, name+" template", b.String())
	}
	text, err := json.Marshal(map[string]any{"key": secrets.New(canary)})
	if want := `{"key":"[secret]"}`; err != nil || string(text) != want {
		t.Errorf("JSON %s, %v", text, err)
	}
	var s secrets.Secret
	//lint:ignore SA9005 that it cannot be unmarshalled is what is tested
	if err := json.Unmarshal([]byte(`"x"`), &s); err == nil {
		t.Error("a Secret was unmarshalled, so that marshalling and back would change it silently")
	}
}

func TestSecretNeverLogs(t *testing.T) {
	for name, v := range containers() {
		var b bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
			log := slog.New(h).With("with", v)
			log.Info("constant", "attr", v, slog.Group("group", slog.Any("inner", v)))
		}
		leaks(t, name+" slog", b.String())
	}
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("m", "key", secrets.New(canary))
	if !strings.Contains(b.String(), "key=[secret]") {
		t.Errorf("slog: %s", b.String())
	}
}

func TestRingNeverPrints(t *testing.T) {
	ring := newRing(t, canary+strings.Repeat("x", 32))
	values := []any{ring, *ring, ring.MAC("p"), *ring.MAC("p"), ring.Signer("p"), *ring.Signer("p"), ring.Sealer("p"), *ring.Sealer("p")}
	for _, v := range values {
		plain := fmt.Sprintf("%v", v)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
			text := fmt.Sprintf(verb, v) + fmt.Sprintf(verb, struct{ v any }{v})
			leaks(t, fmt.Sprintf("%T %s", v, verb), text)
		}
		if len(plain) > 256 {
			t.Errorf("%T prints %d bytes, which may be a key: %s", v, len(plain), plain)
		}
	}
}

func TestSecretHolds(t *testing.T) {
	b := []byte(canary)
	s := secrets.FromBytes(b)
	b[0] = 'X'
	if s.Reveal() != canary || s.Len() != len(canary) || s.IsZero() {
		t.Errorf("holds %q", s.Reveal())
	}
	for _, zero := range []secrets.Secret{{}, secrets.New(""), secrets.FromBytes(nil), secrets.FromBytes([]byte{})} {
		if zero.Reveal() != "" || zero.Len() != 0 || !zero.IsZero() {
			t.Errorf("an empty Secret holds %q", zero.Reveal())
		}
	}
	if secrets.New("\x00").IsZero() {
		t.Error("a NUL is empty")
	}
}

func TestSecretEqual(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"a", "aa", false}, {"a", "", false},
		{"", "", false}, // a key that was never set is not matched by an empty input
	} {
		if got := secrets.New(row.a).Equal(secrets.New(row.b)); got != row.want {
			t.Errorf("%q equal %q: %v", row.a, row.b, got)
		}
	}
}
