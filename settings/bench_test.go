package settings_test

import (
	"strings"
	"testing"

	"github.com/merlon-go/merlon/settings"
)

func BenchmarkLoad(b *testing.B) {
	src := settings.Source{
		Environ: env("DATABASE_URL=postgres://u:p@h/db", "SESSION_COOKIE_AGE=14d"),
		ReadFile: files(map[string]string{
			".env": strings.Repeat("# comment\nOTHER=value\n", 50) + "MERLON_CSP=strict\n", "merlon.toml": "trusted_proxies = ['loopback']\n[silenced_checks]\na = 'b'\n",
		}),
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := settings.Load(src); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseDatabaseURL(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := settings.ParseDatabaseURL("postgres://u:p%40ss@h1:1,h2/db?sslmode=verify-full"); err != nil {
			b.Fatal(err)
		}
	}
}
