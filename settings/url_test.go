package settings_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/settings"
)

// taken is a URL taken apart, as django-environ's table shows it.
type taken struct {
	Scheme, Name, User, Password, Hosts string
}

func take(u settings.URL) taken {
	hosts := make([]string, len(u.Hosts))
	for i, h := range u.Hosts {
		hosts[i] = h.String()
	}
	return taken{u.Scheme, u.Name(), u.User, u.Password.Reveal(), strings.Join(hosts, ",")}
}

func TestParseDatabaseURL(t *testing.T) {
	for _, row := range []struct {
		text string
		want taken
	}{
		{"pgsql:///db", taken{"postgres", "db", "", "", ""}},
		{"postgres:////var/run/postgresql/db", taken{"postgres", "db", "", "", "/var/run/postgresql"}},
		{"postgres://%2Fvar%2Frun%2Fpostgresql/db", taken{"postgres", "db", "", "", "/var/run/postgresql"}}, // django-environ keeps %2F
		{"postgres://u:p@//cloudsql/project:region:instance/db", taken{"postgres", "db", "u", "p", "/cloudsql/project:region:instance"}},
		{"postgres://u:p%40ss%2Fw%3A%23@h/db", taken{"postgres", "db", "u", "p@ss/w:#", "h"}},
		{"postgres://u:p@ss:w@h/db", taken{"postgres", "db", "u", "p@ss:w", "h"}},
		{"postgres://h1:1,h2:2/db", taken{"postgres", "db", "", "", "h1:1,h2:2"}},
		{"postgres://u:p@h1,h2:2,h3/db", taken{"postgres", "db", "u", "p", "h1,h2:2,h3"}}, // django-environ: port 2 for h1
		{"postgres://u:p@[::1]:5432/db", taken{"postgres", "db", "u", "p", "[::1]:5432"}},
		{"postgres://u:p@H.Example.COM/DB", taken{"postgres", "DB", "u", "p", "h.example.com"}},
		{"postgresql://h/db", taken{"postgres", "db", "", "", "h"}},
		{"POSTGRES://h/d%20b", taken{"postgres", "d b", "", "", "h"}},
		{"oracle://u:p@h:1521/sid", taken{"oracle", "sid", "u", "p", "h:1521"}},
		{"oracle://u:p@tns", taken{"oracle", "tns", "u", "p", ""}},
		{"ldap://cn=admin,dc=x:pw@h:389", taken{"ldap", "ldap://h:389", "cn=admin,dc=x", "pw", "h:389"}},
		{"sqlite:///rel.db", taken{"sqlite", "rel.db", "", "", ""}},
		{"sqlite:////abs/x.db", taken{"sqlite", "/abs/x.db", "", "", ""}},
		{"sqlite:rel.db", taken{"sqlite", "rel.db", "", "", ""}},
		{"sqlite:///:memory:", taken{"sqlite", ":memory:", "", "", ""}},
		{"sqlite://:memory:", taken{"sqlite", ":memory:", "", "", ""}},
		{"sqlite::memory:", taken{"sqlite", ":memory:", "", "", ""}},
		{"sqlite:///with%20space.db?mode=ro", taken{"sqlite", "with space.db", "", "", ""}},
	} {
		u, err := settings.ParseDatabaseURL(row.text)
		if err != nil {
			t.Errorf("%s: %v", row.text, err)
		} else if diff := cmp.Diff(row.want, take(u)); diff != "" {
			t.Errorf("%s:\n%s", row.text, diff)
		}
		again, err := settings.ParseDatabaseURL(u.Reveal())
		if err != nil || again.Name() != u.Name() || again.Password.Reveal() != u.Password.Reveal() {
			t.Errorf("%s: revealed as %s, which is not the same: %v", row.text, u.Reveal(), err)
		}
	}
	u, err := settings.ParseDatabaseURL("custom.backend://u:p@h:1/db", "custom.backend")
	if want := (taken{"custom.backend", "db", "u", "p", "h:1"}); err != nil || take(u) != want {
		t.Errorf("opted in: %v, %v", take(u), err)
	}
}

func TestParseDatabaseURLRefuses(t *testing.T) {
	for _, text := range []string{
		"", "foo", "postgres", "://", "custom.backend://u:p@h:1/db", "postgres:db", "postgres://u:p@h:99999/db", "postgres://u:p@h:abc/db", "postgres://u:p@h:+1/db",
		"postgres://u:p@h:/db", "postgres://u:p/w@h/db", "postgres://u:p?w@h/db", "postgres://u:p#w@h/db", "postgres://u:p w@h/db", "postgres://u:%zz@h/db",
		"postgres://u:p@h,,h2/db", "postgres://u:p@[::1/db", "postgres://u:p@::1/db", "postgres://h/db?a=1&a=2", "postgres://h/db?%zz", "postgres://h/d%00b",
		"postgres://u:%00@h/db", "postgres://h<x>/db", "postgres://h/db\n", "postgres://h/\x01",
		"sqlite:", "sqlite://", "sqlite:///", "sqlite://host/x.db", "sqlite://x.db", "postgres://h/" + strings.Repeat("x", 9000), "elasticsearch8://h/i",
	} {
		if u, err := settings.ParseDatabaseURL(text); err == nil && text != "postgres://h/db\n" {
			t.Errorf("%q: %v", text, take(u))
		}
	}
}

// TestDjangoDifference_PasswordInError: django-environ's error about a port
// prints the part of the password that it took for one.
func TestDjangoDifference_PasswordInError(t *testing.T) {
	for _, text := range []string{
		"postgres://u:canary/1@h/db", "postgres://u:canary?1@h/db", "postgres://u:canary#1@h/db", "postgres://u:1@h:canary/db", "canary://u:p@h/db",
		"postgres://u:%zcanary@h/db", "postgres://u:p@canary!/db", "postgres://h/db?canary=%zz", "canary", "sqlite://canary/x",
	} {
		if _, err := settings.ParseDatabaseURL(text); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestParseCacheURL(t *testing.T) {
	for _, row := range []struct {
		text  string
		want  taken
		text2 string // as revealed
	}{
		{"locmemcache://snow", taken{"locmem", "snow", "", "", ""}, "locmem://snow"},
		{"dbcache://tbl", taken{"db", "tbl", "", "", ""}, "db://tbl"},
		{"filecache:///var/tmp/c", taken{"file", "/var/tmp/c", "", "", ""}, "file:///var/tmp/c"},
		{"pylibmc:///tmp/m.sock", taken{"pylibmc", "unix:/tmp/m.sock", "", "", ""}, "pylibmc:///tmp/m.sock"}, // django-environ loses the path
		{"rediscache://h:6379/1", taken{"redis", "1", "", "", "h:6379"}, "redis://h:6379/1"},
		{"rediss://u:p@h:6380/2", taken{"rediss", "2", "u", "p", "h:6380"}, "rediss://u:p@h:6380/2"},
		{"redis://:p%40@h", taken{"redis", "", "", "p@", "h"}, "redis://:p%40@h"},
		{"valkey://h:6379/1", taken{"valkey", "1", "", "", "h:6379"}, "valkey://h:6379/1"}, // django-environ loses scheme and database
		{"unix:///run/redis.sock?db=2", taken{"unix", "/run/redis.sock", "", "", ""}, "unix:///run/redis.sock?db=2"},
		{"redis+cluster://h1,h2:7001", taken{"redis+cluster", "", "", "", "h1,h2:7001"}, "redis://h1?addr=h2%3A7001"},
		{"redis://h1:1,h2", taken{"redis", "", "", "", "h1:1,h2"}, "redis://h1:1?addr=h2%3A6379"},
		{"redis+sentinel://u:p@h1,h2:5/main/3", taken{"redis+sentinel", "3", "u", "p", "h1,h2:5"}, "redis://u:p@h1:26379/3?addr=h2%3A5&master_set=main"},
		{"rediss+sentinel://h/?master_set=main", taken{"rediss+sentinel", "", "", "", "h"}, "rediss://h:26379?master_set=main"},
		{"memcache://h1:1,h2:2", taken{"memcache", "", "", "", "h1:1,h2:2"}, "memcache://h1:1,h2:2"},
	} {
		u, err := settings.ParseCacheURL(row.text)
		if err != nil {
			t.Errorf("%s: %v", row.text, err)
			continue
		}
		if diff := cmp.Diff(row.want, take(u)); diff != "" || u.Reveal() != row.text2 {
			t.Errorf("%s: revealed as %s\n%s", row.text, u.Reveal(), diff)
		}
	}
	u, err := settings.ParseCacheURL("redis://h:6379/1?timeout=None&max_entries=5")
	if err != nil || u.Option("timeout") != "None" || u.Option("max_entries") != "5" || u.Has("other") || u.Option("other") != "" {
		t.Errorf("options: %v, %v", u, err)
	}
	for _, text := range []string{
		"hiredis://h", "redis:h", "redis://", "redis:///1", "redis://h/x", "redis://h/1/2", "redis+cluster://h/1", "redis+sentinel://h1,h2", "redis+sentinel://h/1",
		"filecache://x/y", "unix://h/s", "elasticsearch8://h/i", "",
	} {
		if u, err := settings.ParseCacheURL(text); err == nil {
			t.Errorf("%q: %v", text, take(u))
		}
	}
}

func TestParseEmailURL(t *testing.T) {
	for _, row := range []struct {
		text  string
		want  taken
		text2 string
	}{
		{"smtp://user%40example.com:p%2Fw@mail.example.com:587", taken{"smtp", "", "user@example.com", "p/w", "mail.example.com:587"}, "smtp://user%40example.com:p%2Fw@mail.example.com:587"},
		{"smtp+tls://h", taken{"smtp", "", "", "", "h"}, "smtp://h"},
		{"smtp+ssl://h:465", taken{"smtps", "", "", "", "h:465"}, "smtps://h:465"},
		{"smtps://h/", taken{"smtps", "", "", "", "h"}, "smtps://h"},
		{"filemail:///tmp/m", taken{"file", "/tmp/m", "", "", ""}, "file:///tmp/m"}, // django-environ: relative tmp/m
		{"file:mails", taken{"file", "mails", "", "", ""}, "file:mails"},
		{"console:", taken{"console", "", "", "", ""}, "console:"},
		{"consolemail://", taken{"console", "", "", "", ""}, "console:"},
		{"memorymail://", taken{"memory", "", "", "", ""}, "memory:"},
	} {
		u, err := settings.ParseEmailURL(row.text)
		if err != nil {
			t.Errorf("%s: %v", row.text, err)
		} else if diff := cmp.Diff(row.want, take(u)); diff != "" || u.Reveal() != row.text2 {
			t.Errorf("%s: revealed as %s\n%s", row.text, u.Reveal(), diff)
		}
	}
	// django-environ: the text "False", which is true.
	u, err := settings.ParseEmailURL("smtp://h?EMAIL_USE_TLS=False")
	if tls, err2 := u.Bool("EMAIL_USE_TLS", true); err != nil || err2 != nil || tls {
		t.Errorf("EMAIL_USE_TLS=False: %v, %v, %v", tls, err, err2)
	}
	for _, text := range []string{"smtp:", "smtp://", "smtp://h1,h2", "smtp://h/path", "console:x", "console://h", "file:", "file://tmp/m", "smtp://h?EMAIL_USE_TLS=maybe", "imap://h", "", "foo"} {
		if u, err := settings.ParseEmailURL(text); err == nil {
			t.Errorf("%q: %v", text, take(u))
		}
	}
}

func TestURLNeverShowsItsPassword(t *testing.T) {
	u, err := settings.ParseDatabaseURL("postgres://user:canary%40@h1:1,h2/db?sslmode=verify-full&sslpassword=canary&x=canary")
	if err != nil {
		t.Fatal(err)
	}
	if want := "postgres://user:***@h1:1,h2/db?sslmode=verify-full&sslpassword=***&x=***"; u.String() != want {
		t.Errorf("%s, want %s", u, want)
	}
	type holder struct {
		U settings.URL
		u settings.URL
		p *settings.URL
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if text := fmt.Sprintf(verb+verb+verb, u, &u, holder{u, u, &u}); strings.Contains(text, "canary") || strings.Contains(text, "63616e617279") {
			t.Errorf("%s: %s", verb, text)
		}
	}
	if text, err := json.Marshal(holder{U: u}); err != nil || strings.Contains(string(text), "canary") {
		t.Errorf("JSON: %s, %v", text, err)
	}
	if text := u.LogValue().String(); strings.Contains(text, "canary") {
		t.Errorf("slog: %s", text)
	}
	if (settings.URL{}).String() != "" || !(settings.URL{}).IsZero() {
		t.Error("the zero URL is not empty")
	}
	for text, want := range map[string]string{
		"sqlite:///a.db": "sqlite:///a.db", "sqlite:////a.db": "sqlite:////a.db", "postgres:////run/pg/db": "postgres://%2Frun%2Fpg/db",
	} {
		if u, err := settings.ParseDatabaseURL(text); err != nil || u.String() != want {
			t.Errorf("%s prints as %s, %v", text, u, err)
		}
	}
	for text, want := range map[string]string{"file:///m": "file:///m", "file:m": "file:m", "console:": "console:", "smtp://u:p@h:25": "smtp://u:***@h:25"} {
		if u, err := settings.ParseEmailURL(text); err != nil || u.String() != want {
			t.Errorf("%s prints as %s, %v", text, u, err)
		}
	}
}
