package conf

import (
	"bytes"
	"context"
	"net/http"
	"regexp"

	"github.com/merlon-go/merlon/check"
)

var (
	gitHead = regexp.MustCompile(`^(ref: refs/|[0-9a-f]{40}\s*$)`)
	envLine = regexp.MustCompile(`(?m)^\s*(export\s+)?[A-Z][A-Z0-9_]*\s*=`)
)

// leaks are files that no site should hand out, each with what its content
// looks like: a site that answers every path with its front page has none.
var leaks = []struct {
	path  string
	looks func(body []byte) bool
}{
	{"/.env", envLine.Match},
	{"/.git/HEAD", gitHead.Match},
	{"/.git/config", func(b []byte) bool { return bytes.Contains(b, []byte("[core]")) }},
	{"/merlon.toml", func(b []byte) bool { return bytes.Contains(b, []byte(" = ")) && !bytes.Contains(b, []byte("<")) }},
	{"/merlon.db", isSQLite},
	{"/merlon-dev.db", isSQLite},
	{"/merlon-dev.key", func(b []byte) bool { return len(b) >= 32 && len(b) < 200 && !bytes.Contains(b, []byte("<")) }},
	{"/go.mod", func(b []byte) bool { return bytes.HasPrefix(b, []byte("module ")) }},
}

func isSQLite(b []byte) bool { return bytes.HasPrefix(b, []byte("SQLite format 3\x00")) }

func appFiles() check.Rule {
	return onApp(check.Rule{
		ID:     "app-files",
		Title:  "The site hands out its own files",
		Level:  check.Critical,
		Tags:   []string{"files", "app"},
		Why:    "Keys, accounts or the whole source go to whoever asks for the right name.",
		Fix:    "Serve a folder that holds nothing but public files, through os.Root or an embedded file system.",
		More:   "Django's caches.W002 asks the same of cache folders inside served ones. Here the site is asked for .env, the database, the key, merlon.toml, go.mod and .git.",
		CWE:    []int{552, 538},
		ASVS:   []string{"V13.4.1", "V13.4.7", "V5.3.1"},
		OWASP:  "A02",
		Django: "caches.W002",
	}, func(ctx context.Context, l *look, protected http.Handler) {
		for _, leak := range leaks {
			p := probe{path: leak.path}
			a := l.ask(ctx, protected, p)
			if a.status == http.StatusOK && leak.looks(a.body.Bytes()) {
				if f := l.saw(p, a, "The site hands out %s", leak.path); leak.path == "/go.mod" {
					f.Level = check.Warning
				}
			}
		}
	})
}
