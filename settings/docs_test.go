package settings_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/settings"
)

var update = flag.Bool("update", false, "write the generated part of docs/settings.md")

const docs = "../docs/settings.md"

// TestDocs holds the table of docs/settings.md to the declarations.
func TestDocs(t *testing.T) {
	const begin, end = "<!-- keys: written by `go test ./settings -update` -->\n", "<!-- end of keys -->\n"
	text, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s lacks the marks of the table", docs)
	}
	want := before + begin + "\n" + table() + "\n" + end + after
	if want == string(text) {
		return
	}
	if !*update {
		t.Fatalf("%s is out of date; run go test ./settings -update", docs)
	}
	if err := os.WriteFile(docs, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

func table() string {
	var b strings.Builder
	b.WriteString("| name | type | default | under `--dev` | |\n|---|---|---|---|---|\n")
	for _, k := range settings.Keys() {
		fallback, dev := code(k.Default), code(k.DevDefault)
		if k.Required {
			fallback = "required"
		}
		if k.Required && k.DevDefault == "" {
			dev = "not required"
		}
		b.WriteString("| `" + k.Name + "` | " + k.Type + " | " + fallback + " | " + dev + " | " + strings.ReplaceAll(k.Doc, "|", `\|`) + " |\n")
	}
	return b.String()
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

func TestKeysAreDescribed(t *testing.T) {
	for _, k := range settings.Keys() {
		if k.Type == "" || !strings.HasSuffix(k.Doc, ".") || strings.Contains(k.Doc, "\n") {
			t.Errorf("%s: %q %q", k.Name, k.Type, k.Doc)
		}
	}
	// The names that users rely on.
	want := strings.Fields(`SECRET_KEY SECRET_KEY_FALLBACKS DEBUG ALLOWED_HOSTS PUBLIC_URL TRUSTED_PROXIES LISTEN PORT ADMIN_LISTEN DATABASE_URL REDIS_URL EMAIL_URL EMAIL_FROM
		SECURE_SSL_REDIRECT SECURE_SSL_HOST SECURE_REDIRECT_EXEMPT SECURE_HSTS_SECONDS SECURE_HSTS_RAMP_START SECURE_HSTS_INCLUDE_SUBDOMAINS SECURE_HSTS_PRELOAD
		SECURE_REFERRER_POLICY SECURE_CROSS_ORIGIN_OPENER_POLICY X_FRAME_OPTIONS PERMISSIONS_POLICY CSP CSP_REPORT_ONLY
		CSRF_TRUSTED_ORIGINS CSRF_COOKIE_NAME CSRF_HEADER_NAME CSRF_FIELD_NAME SESSION_COOKIE_NAME SESSION_COOKIE_AGE SESSION_IDLE_AGE
		RATE_LIMITS LOCKOUT_FAILURE_LIMIT LOCKOUT_COOLOFF LOCKOUT_PARAMETERS UPSTREAM SILENCED_CHECKS`)
	have := make(map[string]bool)
	for _, k := range settings.Keys() {
		have[k.Name] = true
	}
	for _, name := range want {
		if !have[name] {
			t.Errorf("%s is gone", name)
		}
	}
}
