package settings_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/settings"
)

// TestParseBool is the union of what python-decouple and django-environ accept,
// without what only one of them guesses.
func TestParseBool(t *testing.T) {
	for _, text := range []string{"true", "True", "TRUE", "yes", "y", "Y", "on", "1", "t", "T", " 1 ", " true ", "\ttrue\n"} {
		if v, err := settings.ParseBool(text); !v || err != nil {
			t.Errorf("%q: %v, %v", text, v, err)
		}
	}
	for _, text := range []string{"0", "false", "f", "no", "n", "off", "OFF", "False", " no "} {
		if v, err := settings.ParseBool(text); v || err != nil {
			t.Errorf("%q: %v, %v", text, v, err)
		}
	}
	for _, text := range []string{
		"2", "-1", "+1", "1_000", "00", "", " ", "1.0", "none", "null", "enabled", "disable", "tru", "on#", "0x1", "１", "١", "ok", "true true", "truе", // the last e is Cyrillic
	} {
		if v, err := settings.ParseBool(text); v || err == nil {
			t.Errorf("%q: %v, %v", text, v, err)
		}
	}
}

// TestDjangoDifference_UnknownBooleanIsFalse: django-environ reads every word it
// does not know as false, so that SECURE_SSL_REDIRECT=enabled switches it off.
func TestDjangoDifference_UnknownBooleanIsFalse(t *testing.T) {
	_, err := load(t, settings.Source{Environ: env("SECURE_SSL_REDIRECT=enabled")})
	wantErrors(t, err, "MERLON_SECURE_SSL_REDIRECT (environment variable): not a boolean; use true or false")
}

func TestParseInt(t *testing.T) {
	for text, want := range map[string]int64{" 42 ": 42, "0": 0, "-7": -7, "9223372036854775807": 1<<63 - 1} {
		if n, err := settings.ParseInt(text); n != want || err != nil {
			t.Errorf("%q: %d, %v", text, n, err)
		}
	}
	for _, text := range []string{"4_2", "٤", "1.0", "", "+1", "0x10", "1e3", "- 1", "--1", "4 2", "9223372036854775808"} {
		if n, err := settings.ParseInt(text); err == nil {
			t.Errorf("%q: %d", text, n)
		}
	}
}

func TestParseFloat(t *testing.T) {
	for text, want := range map[string]float64{"1e5": 100000, "33.3": 33.3, " -0.5 ": -0.5, "7": 7} {
		if f, err := settings.ParseFloat(text); f != want || err != nil {
			t.Errorf("%q: %g, %v", text, f, err)
		}
	}
	for _, text := range []string{"33,3", "123.420.333,3", "5-3", "", "NaN", "inf", "0x1p4", "1_0", "1e999", "."} {
		if f, err := settings.ParseFloat(text); err == nil {
			t.Errorf("%q: %g", text, f)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "15m": 15 * time.Minute, "14d": 14 * 24 * time.Hour, "2w": 14 * 24 * time.Hour, "1h30m": 90 * time.Minute,
		"500ms": 500 * time.Millisecond, " 24h ": 24 * time.Hour, "1w2d3h4m5s6ms": 788645006 * time.Millisecond,
	} {
		got, err := settings.ParseDuration(text)
		if got != want || err != nil {
			t.Errorf("%q: %v, %v", text, got, err)
		}
		if again, err := settings.ParseDuration(settings.FormatDuration(got)); again != got || err != nil {
			t.Errorf("%q: written as %q", text, settings.FormatDuration(got))
		}
	}
	for _, text := range []string{"", "15", "m", "1.5h", "-5m", "+5m", "5m1h", "5m5m", "5 m", "1y", "１m", "0s0", "1h30", "9999999999999999d", "99999999999999999999s", "300000w", "PT15M", "15min"} {
		if got, err := settings.ParseDuration(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestPlainSecondsWhereTheNameSaysSo(t *testing.T) {
	s, err := load(t, settings.Source{Environ: env("SESSION_COOKIE_AGE=1209600", "SESSION_IDLE_AGE=2h", "SECURE_HSTS_SECONDS=365d")})
	if err != nil {
		t.Fatal(err)
	}
	if s.Sessions.CookieAge != 14*24*time.Hour || s.Sessions.IdleAge != 2*time.Hour || s.Headers.HSTSSeconds != 31536000 {
		t.Errorf("%+v, %d", s.Sessions, s.Headers.HSTSSeconds)
	}
	// django-axes counts AXES_COOLOFF_TIME in hours; a number alone says nothing.
	_, err = load(t, settings.Source{Environ: env("LOCKOUT_COOLOFF=15", "SECURE_HSTS_SECONDS=-1", "SESSION_IDLE_AGE=500ms", "SESSION_COOKIE_AGE=99999999999")})
	wantErrors(t, err,
		"MERLON_SECURE_HSTS_SECONDS (environment variable): not a duration; write it like 90s, 15m, 24h or 14d",
		"MERLON_SESSION_COOKIE_AGE (environment variable): a duration out of range",
		"MERLON_SESSION_IDLE_AGE (environment variable): too small; the least is 1m",
		"MERLON_LOCKOUT_COOLOFF (environment variable): a duration without a unit; write it like 90s, 15m, 24h or 14d",
	)
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1048576": 1 << 20, "1MiB": 1 << 20, "1 mib": 1 << 20, "512KiB": 512 << 10, "10MB": 10e6, "3kB": 3000, "2GiB": 2 << 30, "1gb": 1e9, "5B": 5, "0": 0,
	} {
		got, err := settings.ParseSize(text)
		if got != want || err != nil {
			t.Errorf("%q: %d, %v", text, got, err)
		}
		if again, _ := settings.ParseSize(settings.FormatSize(got)); again != got {
			t.Errorf("%q: written as %q", text, settings.FormatSize(got))
		}
	}
	for _, text := range []string{"", "1M", "MB", "-1", "1.5MB", "1_000", "1MBB", "１MB", "9999999999GiB", "99999999999999999999", "0x10"} {
		if got, err := settings.ParseSize(text); err == nil {
			t.Errorf("%q: %d", text, got)
		}
	}
}

func TestParseList(t *testing.T) {
	for _, row := range []struct {
		text string
		want []string
	}{
		{"a, b ,c", []string{"a", "b", "c"}},
		{"", nil}, {",", nil}, {" , ,", nil}, {"a,,b", []string{"a", "b"}},
		{`"a,b",c`, []string{"a,b", "c"}}, {` "a,b" , c`, []string{"a,b", "c"}},
		{`a\,b`, []string{`a\`, "b"}}, // a backslash is a backslash
		{"it's,x", []string{"it's", "x"}}, {`a"b`, []string{`a"b`}}, {`a"b,c"d`, []string{`a"b`, `c"d`}},
		{"#a,b", []string{"#a", "b"}}, {"a,#b", []string{"a", "#b"}}, {"a#b,c", []string{"a#b", "c"}},
		{`"say ""hi""",x`, []string{`say "hi"`, "x"}}, {`"",x`, []string{"", "x"}}, {`" a "`, []string{" a "}},
		{"a\nb\r\nc\n", []string{"a", "b", "c"}}, {"\"a\nb\"\nc", []string{"a\nb", "c"}},
		{"'a,b'", []string{"'a", "b'"}},
	} {
		got, err := settings.ParseList(row.text)
		if err != nil || !slices.Equal(got, row.want) {
			t.Errorf("%q: %q, %v", row.text, got, err)
		}
		again, err := settings.ParseList(settings.FormatList(got))
		if err != nil || !slices.Equal(again, got) {
			t.Errorf("%q: written as %q, read as %q", row.text, settings.FormatList(got), again)
		}
	}
	for _, text := range []string{`"a`, `"`, `"a"b,c`, `"a" "b"`, `x,"a`} {
		if got, err := settings.ParseList(text); err == nil {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestParseDate(t *testing.T) {
	for text, want := range map[string]string{
		"2026-05-01": "2026-05-01T00:00:00Z", "2026-05-01T12:00:00+02:00": "2026-05-01T10:00:00Z", "": "0001-01-01T00:00:00Z",
	} {
		if got, err := settings.ParseDate(text); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"01.05.2026", "2026-13-01", "today", "1700000000"} {
		if got, err := settings.ParseDate(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestParseWebURL(t *testing.T) {
	for text, want := range map[string]string{
		"https://www.example.com": "https://www.example.com", "http://127.0.0.1:3000/base": "http://127.0.0.1:3000/base",
		"https://H.Example.COM:8443": "https://h.example.com:8443", "http://[::1]:80": "http://[::1]:80",
	} {
		if got, err := settings.ParseWebURL(text); err != nil || got.String() != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"www.example.com", "ftp://example.com", "https://", "https://u:p@h", "https://u@h", "https://h?x", "https://h#x", "https://h/#", "https://h:99999",
		"https://h:x", "https://a b", "https://h\n", "javascript:alert(1)", "https:///path", "//h", "https://%zz", "https://h,h2",
	} {
		if got, err := settings.ParseWebURL(text); err == nil && text != "https://h\n" {
			t.Errorf("%q: %v", text, got)
		} else if err != nil && strings.Contains(err.Error(), "u:p") {
			t.Errorf("%q: %v holds the value", text, err)
		}
	}
}

func TestDurationsInTheTable(t *testing.T) {
	want := map[string]string{"SESSION_COOKIE_AGE": "14d", "SESSION_IDLE_AGE": "1d", "LOCKOUT_COOLOFF": "15m", "BODY_LIMIT": "1MiB"}
	got := make(map[string]string)
	for _, k := range settings.Keys() {
		if _, ok := want[k.Name]; ok {
			got[k.Name] = k.Default
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
