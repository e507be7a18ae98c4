package advisories_test

import (
	"strings"
	"testing"

	"github.com/merlon-go/merlon/check/advisories"
)

func TestAffects(t *testing.T) {
	parse := func(events string) *advisories.Entry {
		e, err := advisories.ParseEntry([]byte(`{"id":"X-1","affected":[{"package":{"name":"m"},"ranges":[{"type":"SEMVER","events":[` + events + `]}]}]}`))
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	two := `{"introduced":"0"},{"fixed":"1.19.6"},{"introduced":"1.20.0-0"},{"fixed":"1.20.1"}`
	mixed := `{"fixed":"1.20.1"},{"introduced":"1.20.0-0"},{"introduced":"0"},{"fixed":"1.19.6"}`
	rows := []struct {
		events, version, fixed string
		affected               bool
	}{
		{two, "v1.18.0", "1.19.6", true},
		{two, "v1.19.6", "", false},
		{two, "v1.19.7", "", false},
		{two, "go1.20rc2", "1.20.1", true},
		{two, "1.20", "1.20.1", true},
		{two, "go1.20.1", "", false},
		{mixed, "v1.18.0", "1.19.6", true},
		{mixed, "v1.20.0", "1.20.1", true},
		{mixed, "v1.21.0", "", false},
		{`{"introduced":"0"}`, "v0.0.0-20200101000000-abcdefabcdef", "", true},
		{`{"introduced":"0"},{"fixed":"0.1.0"}`, "v0.0.0-20200101000000-abcdefabcdef", "0.1.0", true},
		{`{"introduced":"2.0.0+incompatible"},{"fixed":"2.3.0+incompatible"}`, "v2.1.0+incompatible", "2.3.0+incompatible", true},
		{`{"introduced":"1.5.0"}`, "v1.4.9", "", false},
		{`{"introduced":"1.5.0"}`, "v1.5.0", "", true},
		{`{"introduced":"1.5.0"},{"fixed":"1.6.0"},{"introduced":"1.4.0"}`, "v1.4.2", "1.6.0", true},
		{`{"introduced":"nonsense"}`, "v1.0.0", "", false},
		{two, "", "", false},
		{two, "master", "", false},
	}
	for _, row := range rows {
		fixed, affected := parse(row.events).Affects("m", row.version)
		if fixed != row.fixed || affected != row.affected {
			t.Errorf("%s of %s: %q, %v; want %q, %v", row.version, row.events, fixed, affected, row.fixed, row.affected)
		}
	}
	if _, affected := parse(two).Affects("another", "v1.0.0"); affected {
		t.Error("another module is affected")
	}
	for text, want := range map[string]bool{
		`{"id":"X-1","affected":[{"package":{"name":"m","ecosystem":"Go"}}]}`:                                                                                      true, // all versions
		`{"id":"X-1","affected":[{"package":{"name":"m","ecosystem":"npm"}}]}`:                                                                                     false,
		`{"id":"X-1","affected":[{"package":{"name":"m","ecosystem":"Go"},"ranges":[{"type":"GIT","events":[{"introduced":"0"}]}]}]}`:                              false,
		`{"id":"X-1","withdrawn":"2026-01-05T00:00:00Z","affected":[{"package":{"name":"m"}}]}`:                                                                    false,
		`{"id":"X-1","affected":[{"package":{"name":"m"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"0.1.0"}]}]},{"package":{"name":"m"}}]}`: true,
	} {
		e, err := advisories.ParseEntry([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, affected := e.Affects("m", "v1.0.0"); affected != want {
			t.Errorf("%s: affected %t", text, affected)
		}
	}
}

func TestParseEntryRefuses(t *testing.T) {
	for _, text := range []string{"", "[]", "{}", `{"id":"../../etc/passwd"}`, `{"id":"` + strings.Repeat("a", 100) + `"}`, strings.Repeat(" ", 5<<20)} {
		if _, err := advisories.ParseEntry([]byte(text)); err == nil {
			t.Errorf("%.40q is taken", text)
		}
	}
	long := `{"id":"X-1","summary":"` + strings.Repeat("a", 5<<20) + `"}`
	if _, err := advisories.ParseEntry([]byte(long)); err == nil || !strings.Contains(err.Error(), "more than 4 MiB") {
		t.Errorf("an entry of 5 MiB: %v", err)
	}
}

func FuzzParseEntry(f *testing.F) {
	for _, text := range entries {
		f.Add([]byte(text), "v1.2.3")
	}
	f.Fuzz(func(t *testing.T, text []byte, version string) {
		e, err := advisories.ParseEntry(text)
		if err != nil {
			return
		}
		for _, a := range e.Affected {
			e.Affects(a.Package.Name, version)
		}
	})
}

func FuzzParseIgnores(f *testing.F) {
	f.Add("[[advisories.ignore]]\nid = 'a'\nexpires = 2026-01-01")
	f.Add("advisories = 1")
	f.Add("[advisories]\nignore = [{id = 'x'}]")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := advisories.ParseIgnores(text); err != nil && strings.Contains(err.Error(), "\n") {
			t.Error("an error of several lines")
		}
	})
}

func FuzzModFiles(f *testing.F) {
	for _, seed := range []string{goMod, "go 1.99\nuse ./a\nreplace a => ./b\n", "# a.example/one v1.0.0\n## explicit\n", "a.example/one v1.0.0 h1:x=\n", "module \"\xff\"\nrequire (\n", "replace a v1 => b v2\nretract [v1.0.0, v0.1.0]\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, text []byte) { advisories.ReadModFiles(text) })
}
