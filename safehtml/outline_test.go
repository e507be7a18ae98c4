package safehtml_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/safehtml"
)

func files(texts ...string) fstest.MapFS {
	fs := fstest.MapFS{}
	for i := 0; i < len(texts); i += 2 {
		fs[texts[i]] = &fstest.MapFile{Data: []byte(texts[i+1])}
	}
	return fs
}

// The hashes of an outline are those of the pages as they are sent, whichever
// way a page takes through its branches.
func TestOutlineHashesWhatIsSent(t *testing.T) {
	set, err := safehtml.Load(safehtml.Config{FS: files(
		"layouts/base.html", `<!doctype html><title>{{block "title" .}}{{end}}</title><style nonce="{{nonce}}">p { color: red } /* gone */</style>{{block "main" .}}{{end}}`,
		"partials/part.html", `<script nonce="{{nonce}}">part() // gone
</script>`,
		"page.html", `{{template "layouts/base" .}}{{define "title"}}<b>{{.Name}}{{end}}{{define "main"}}{{if .Yes}}<script nonce="{{nonce}}">yes()</script>{{else}}<script nonce="{{nonce}}">no()</script>{{end}}{{template "partials/part"}}<script type="application/json">{"a": 1}</script>{{end}}`,
	)})
	if err != nil {
		t.Fatal(err)
	}
	outline, err := set.Outline()
	if err != nil {
		t.Fatal(err)
	}
	scripts, styles, err := csp.InlineHashes(outline)
	if err != nil {
		t.Fatal(err)
	}
	for _, yes := range []bool{true, false} {
		page, err := set.HTML(context.Background(), "page", map[string]any{"Yes": yes, "Name": "<script>x</script>"})
		if err != nil {
			t.Fatal(err)
		}
		sentScripts, sentStyles, err := csp.InlineHashes(page)
		if err != nil || len(sentScripts) != 2 || len(sentStyles) != 1 {
			t.Fatalf("%v, %v, %v in\n%s", err, sentScripts, sentStyles, page)
		}
		for _, one := range sentScripts {
			if !slices.Contains(scripts, one) {
				t.Errorf("yes %v: %s is not among %v\n%s", yes, one, scripts, page)
			}
		}
		if !slices.Contains(styles, sentStyles[0]) {
			t.Errorf("%s is not among %v", sentStyles[0], styles)
		}
	}
}

// A block with a value in it has another hash each time.
func TestOutlineOfAScriptWithAValue(t *testing.T) {
	set, err := safehtml.Load(safehtml.Config{FS: files("page.html", `<script nonce="{{nonce}}">go({{.}})</script>`)})
	if err != nil {
		t.Fatal(err)
	}
	outline, err := set.Outline()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := csp.InlineHashes(outline); err == nil {
		t.Error("it was hashed")
	}
}

func TestScriptHashes(t *testing.T) {
	static, err := safehtml.NewStatic(safehtml.StaticConfig{FS: files("a.js", "a()", "b.css", "p {}", "sub/c.js", "c()")})
	if err != nil {
		t.Fatal(err)
	}
	got := static.Scripts()
	want, err := static.Integrity("a.js")
	if err != nil || len(got) != 2 || !slices.Contains(got, want) || !strings.HasPrefix(want, "sha384-") {
		t.Errorf("%v, want two with %s (%v)", got, want, err)
	}
}
