package safehtml_test

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/safehtml"
	"github.com/merlon-go/merlon/safehtml/unsafehtml"
)

// tree makes a file system of names and texts.
func tree(pairs ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		files[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return files
}

// render loads one page and renders it.
func render(t *testing.T, source string, data any) string {
	t.Helper()
	set, err := safehtml.Load(safehtml.Config{FS: tree("page.html", source), AllowInline: true})
	if err != nil {
		t.Fatalf("Load(%q): %v", source, err)
	}
	got, err := set.HTML(t.Context(), "page", data)
	if err != nil {
		t.Fatalf("HTML(%q): %v", source, err)
	}
	return got
}

func TestLayoutsAndPartials(t *testing.T) {
	set, err := safehtml.Load(safehtml.Config{FS: tree(
		"layouts/base.html", `<title>{{block "title" .}}Merlon{{end}}</title>{{block "main" .}}{{end}}`,
		"partials/name.html", `<b>{{.}}</b>`,
		"a.html", `{{template "layouts/base" .}}{{define "title"}}A {{.Name}}{{end}}{{define "main"}}{{template "partials/name" .Name}}{{end}}`,
		"deep/b.html", `{{template "layouts/base" .}}{{define "main"}}second{{end}}`,
		"notes.txt", `not a page {{`,
	)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "deep/b"}, set.Names()); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{
		"a":      "<title>A &lt;i&gt;</title><b>&lt;i&gt;</b>",
		"deep/b": "<title>Merlon</title>second",
	} {
		got, err := set.HTML(t.Context(), name, map[string]string{"Name": "<i>"})
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, want)
		}
	}
}

// The table of html/template against the holes that Django leaves open, and the
// two that both leave open.
func TestContexts(t *testing.T) {
	for _, c := range []struct{ source, value, want string }{
		{`<p>{{.}}</p>`, `<script>alert(1)</script>`, `<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>`},
		{`<p>{{.}}</p>`, "a\x00b", "<p>a\uFFFDb</p>"},
		{`<p>{{.}}</p>`, "+ADw-script+AD4-", "<p>&#43;ADw-script&#43;AD4-</p>"},
		{`<p title="{{.}}">`, `"><script>`, `<p title="&#34;&gt;&lt;script&gt;">`},
		{`<title>{{.}}</title>`, `</title><script>`, `<title>&lt;/title&gt;&lt;script&gt;</title>`},
		{`<textarea>{{.}}</textarea>`, `</textarea>`, `<textarea>&lt;/textarea&gt;</textarea>`},
		{`<a href="{{.}}">`, `javascript:alert(1)`, `<a href="#">`},
		{`<a href="{{.}}">`, `JaVaScRiPt:alert(1)`, `<a href="#">`},
		{`<a href="{{.}}">`, "java\tscript:alert(1)", `<a href="#">`},
		{`<a href="{{.}}">`, ` javascript:alert(1)`, `<a href="#">`},
		{`<a href="{{.}}">`, `data:text/html,x`, `<a href="#">`},
		{`<a href="{{.}}">`, `//evil.com`, `<a href="#">`},
		{`<a href="{{.}}">`, `/\evil.com`, `<a href="#">`},
		{`<a href="{{.}}">`, `\\evil.com`, `<a href="#">`},
		{`<a href="{{.}}">`, `https:evil.com`, `<a href="#">`},
		{`<a href="{{.}}">`, `https://good.example@evil.com/`, `<a href="#">`},
		{`<a href="{{.}}">`, "\n//evil.com", `<a href="#">`},
		{`<a href="{{.}}">`, `/account?x=1&y=2`, `<a href="/account?x=1&amp;y=2">`},
		{`<a href="{{.}}">`, `https://a.example/p`, `<a href="https://a.example/p">`},
		{`<a href="{{.}}">`, `mailto:a@b.example`, `<a href="mailto:a@b.example">`},
		{`<a href="{{.}}">`, `tel:+123`, `<a href="tel:&#43;123">`},
		{`<a href="{{.}}">`, `page:2`, `<a href="#">`},
		{`<a href="{{.}}">`, `./page:2`, `<a href="./page:2">`},
		{`<a href=/x/{{.}}>`, `x onmouseover=alert(1)`, `<a href=/x/x%20onmouseover&#61;alert%281%29>`},
		{`<a href="/?q={{.}}">`, `a&b=c`, `<a href="/?q=a%26b%3dc">`},
		{`<img src="{{.}}">`, `//evil.com/x.png`, `<img src="#">`},
		{`<form action="{{.}}">`, `//evil.com`, `<form action="#">`},
		{`<p style="color:{{.}}">`, `red;background:url(//evil)`, `<p style="color:ZgotmplZ">`},
		{`<script>var x = {{.}};</script>`, `</script>`, `<script>var x = "\u003c/script\u003e";</script>`},
		{`<script>var x = '{{.}}';</script>`, `';alert(1)//`, `<script>var x = '\u0027;alert(1)\/\/';</script>`},
		{`<a {{.}}>`, `onclick=x`, `<a ZgotmplZ>`},
	} {
		if got := render(t, c.source, c.value); got != c.want {
			t.Errorf("%s with %q:\n got %s\nwant %s", c.source, c.value, got, c.want)
		}
	}
}

type stringer struct{ s string }

func (s stringer) String() string { return s.s }

func TestPlainValues(t *testing.T) {
	var none *string
	name := "<n>"
	link := template.HTML("<b>")
	for _, c := range []struct {
		value any
		want  string
	}{
		{nil, ""}, {none, ""}, {&name, "&lt;n&gt;"}, {42, "42"}, {int64(-1), "-1"}, {true, "true"}, {1.5, "1.5"},
		{stringer{"<s>"}, "&lt;s&gt;"}, {&stringer{"<s>"}, "&lt;s&gt;"}, {errors.New("<e>"), "&lt;e&gt;"},
		{[]string{"<a>"}, "[&lt;a&gt;]"}, {&link, "&lt;b&gt;"}, {[]byte("<x>"), fmt.Sprint([]byte("<x>"))},
		{struct{ A any }{template.HTML("<b>")}, "{&lt;b&gt;}"},
	} {
		if got := render(t, `{{.}}`, c.value); got != c.want {
			t.Errorf("%#v: got %q, want %q", c.value, got, c.want)
		}
	}
}

// A value of html/template's own unescaped types is text here, in every context
// and also where html/template derives a copy of a template.
func TestAttackTemplateHTMLInData(t *testing.T) {
	for _, c := range []struct {
		source string
		value  any
		want   string
	}{
		{`{{.}}`, template.HTML("<b>"), "&lt;b&gt;"},
		{`<title>{{template "x" .}}</title>{{define "x"}}{{.}}{{end}}`, template.HTML("</title>"), "<title>&lt;/title&gt;</title>"},
		{`<a href="{{.}}">`, template.URL("javascript:x"), `<a href="#">`},
		{`<a {{.}}>`, template.HTMLAttr("onclick=x"), `<a ZgotmplZ>`},
		{`<script>{{.}}</script>`, template.JS("alert(1)"), `<script>"alert(1)"</script>`},
		{`<p style="{{.}}">`, template.CSS("color:expression(x)"), `<p style="ZgotmplZ">`},
		{`<img srcset="{{.}}">`, template.Srcset("javascript:x 1x"), `<img srcset="#ZgotmplZ">`},
	} {
		if got := render(t, c.source, c.value); got != c.want {
			t.Errorf("%s with %T: got %s, want %s", c.source, c.value, got, c.want)
		}
		pointer := reflectPointer(c.value)
		if got := render(t, c.source, pointer); got != c.want {
			t.Errorf("%s with %T: got %s, want %s", c.source, pointer, got, c.want)
		}
	}
}

func reflectPointer(v any) any {
	switch v := v.(type) {
	case template.HTML:
		return &v
	case template.URL:
		return &v
	case template.HTMLAttr:
		return &v
	case template.JS:
		return &v
	case template.CSS:
		return &v
	case template.Srcset:
		return &v
	}
	panic("unknown type")
}

func TestUnsafeValues(t *testing.T) {
	for _, c := range []struct {
		source string
		value  any
		want   string
	}{
		{`{{.}}`, unsafehtml.HTML("<b>"), "<b>"},
		{`<p title="{{.}}">`, unsafehtml.HTML(`"><b>`), `<p title="&#34;&gt;&lt;b&gt;">`},
		{`<title>{{.}}</title>`, unsafehtml.HTML(`</title>`), `<title>&lt;/title&gt;</title>`},
		{`<a href="{{.}}">`, unsafehtml.URL("data:text/plain,x"), `<a href="data:text/plain,x">`},
		{`<a {{.}}>`, unsafehtml.Attr(`dir="ltr"`), `<a dir="ltr">`},
		{`<script>{{.}}</script>`, unsafehtml.JS("f()"), `<script>f()</script>`},
		{`<p style="{{.}}">`, unsafehtml.CSS("color: red"), `<p style="color: red">`},
		{`<img srcset="{{.}}">`, unsafehtml.Srcset("/a.png 1x"), `<img srcset="/a.png 1x">`},
	} {
		if got := render(t, c.source, c.value); got != c.want {
			t.Errorf("%s with %T: got %s, want %s", c.source, c.value, got, c.want)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{`<iframe srcdoc="{{.}}"></iframe>`, "srcdoc"},
		{`<IFRAME SRCDOC=x>`, "srcdoc"},
		{`<p onclick="f()">`, "event handler onclick"},
		{`<p style="color:red">`, "style attribute"},
		{`<script>f()</script>`, "<script> without nonce"},
		{`<script src="/x.js"></script>`, "<script> without nonce"},
		{`<style>p{}</style>`, "<style> without nonce"},
		{`<a href=" JavaScript:f()">`, "javascript: URL"},
		{`<base href="/">`, "<base>"},
		{`<meta http-equiv="Refresh" content="0;url={{.}}">`, "refresh"},
		{`<form method="post"><input></form>`, "without {{csrfField}}"},
		{`<form method=POST>{{if .}}x{{end}}`, "without {{csrfField}}"},
		{`<form method="post" action="https://evil.example/">{{csrfField}}</form>`, "another site"},
		{`<form method="post" action="//evil.example/">{{csrfField}}</form>`, "another site"},
		{`<a href="{{template "x" .}}">{{define "x"}}{{.}}{{end}}`, "inside an attribute"},
		{`{{.X | html}}`, "predefined escaper"},
		{`{{.X`, "unclosed action"},
		{`{{nosuch}}`, `"nosuch" not defined`},
		{`{{static "x.css"}}`, `"static" not defined`},
		{`{{template "nosuch"}}`, "nosuch"},
		{`<a href="{{if .}}/x{{else}}"{{end}}>`, "different contexts"},
	} {
		_, err := safehtml.Load(safehtml.Config{FS: tree("page.html", c.source)})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.source, err, c.want)
		}
	}
}

func TestLoadAccepts(t *testing.T) {
	for _, source := range []string{
		`<form method="post">{{csrfField}}</form>`,
		`<form method="post">{{template "fields" .}}</form>{{define "fields"}}{{if .}}{{template "deep"}}{{end}}{{end}}{{define "deep"}}{{csrfField}}{{end}}`,
		`<form method="get"></form><form></form>`,
		`<form method="post" action="https://pay.example/"></form>`,
		`<script nonce="{{nonce}}">f()</script><style nonce="{{nonce}}">p{}</style>`,
		`<script type="application/json" id="x">{"onclick=": 1}</script>`,
		`<!-- <p onclick="x"> --><textarea><p onclick="x"></textarea>`,
		`<p title="onclick=x style=y">only text: onclick=x</p>`,
		`a < b and <3`,
		`<meta http-equiv="refresh" content="0;url=/x"><meta name="description" content="{{.}}">`,
	} {
		if _, err := safehtml.Load(safehtml.Config{FS: tree("page.html", source)}); err != nil {
			t.Errorf("%s: %v", source, err)
		}
	}
}

func TestLoadReportsEveryFault(t *testing.T) {
	_, err := safehtml.Load(safehtml.Config{FS: tree("a.html", `<p onclick="x" style="y">`, "b.html", `{{nosuch}}`)})
	for _, want := range []string{"a: event handler", "a: style", "b:1"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

func TestConfigFaults(t *testing.T) {
	files := tree("a.html", "a")
	for name, config := range map[string]safehtml.Config{
		"no FS":            {},
		"function of ours": {FS: files, Funcs: template.FuncMap{"nonce": func() string { return "" }}},
		"not a function":   {FS: files, Funcs: template.FuncMap{"x": 1}},
		"nil function":     {FS: files, RequestFuncs: map[string]func(context.Context) any{"x": nil}},
		"twice":            {FS: files, Funcs: template.FuncMap{"x": func() int { return 1 }}, RequestFuncs: map[string]func(context.Context) any{"x": func(context.Context) any { return 1 }}},
		"unreadable":       {FS: os.DirFS("testdata/nosuch")},
	} {
		if _, err := safehtml.Load(config); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

type requestKey struct{}

// Every rendering has its own request: two at once never see each other's
// nonce or token.
func TestRequestFunctionsConcurrently(t *testing.T) {
	value := func(ctx context.Context) string { return ctx.Value(requestKey{}).(string) }
	set, err := safehtml.Load(safehtml.Config{
		FS: tree("layouts/base.html", `{{block "main" .}}{{end}}`,
			"page.html", `{{template "layouts/base" .}}{{define "main"}}{{range .}}{{template "partials/x" .}}{{end}}{{end}}`,
			"partials/x.html", `{{.}} {{nonce}} {{csrfToken}} {{who}} {{csrfField}};`),
		Nonce:         value,
		CSRFToken:     value,
		CSRFFieldName: func(context.Context) string { return "f" },
		RequestFuncs:  map[string]func(context.Context) any{"who": func(ctx context.Context) any { return value(ctx) }},
	})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			id := fmt.Sprintf("id%d", i)
			ctx := context.WithValue(context.Background(), requestKey{}, id)
			want := fmt.Sprintf(`x %[1]s %[1]s %[1]s <input type="hidden" name="f" value="%[1]s">;`, id)
			for range 20 {
				got, err := set.HTML(ctx, "page", []string{"x", "x"})
				if err != nil || got != want+want {
					t.Errorf("got %q, %v; want %q", got, err, want+want)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestRender(t *testing.T) {
	set, err := safehtml.Load(safehtml.Config{FS: tree("page.html", `<p>{{.}}</p>`, "bad.html", `half {{.Missing.Field}} page`)})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("whole page", func(t *testing.T) {
		w := httptest.NewRecorder()
		if err := set.Render(w, httptest.NewRequest("GET", "/", nil), 422, "page", "é"); err != nil {
			t.Fatal(err)
		}
		got := []string{fmt.Sprint(w.Code), w.Header().Get("Content-Type"), w.Header().Get("Content-Length"), w.Body.String()}
		if diff := cmp.Diff([]string{"422", "text/html; charset=utf-8", "9", "<p>é</p>"}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("never half a page", func(t *testing.T) {
		w := httptest.NewRecorder()
		err := set.Render(w, httptest.NewRequest("GET", "/", nil), 200, "bad", struct{ Missing *int }{})
		if err == nil || w.Code != 500 || strings.Contains(w.Body.String(), "half") {
			t.Errorf("got %v, %d %q", err, w.Code, w.Body)
		}
	})
	t.Run("no such page", func(t *testing.T) {
		w := httptest.NewRecorder()
		if err := set.Render(w, httptest.NewRequest("GET", "/", nil), 200, "nosuch", nil); err == nil || w.Code != 500 {
			t.Errorf("got %v, %d", err, w.Code)
		}
	})
	t.Run("after a failure the executor is sound", func(t *testing.T) {
		for range 100 {
			_, _ = set.HTML(t.Context(), "bad", struct{ Missing *int }{})
		}
		if got, err := set.HTML(t.Context(), "page", "x"); got != "<p>x</p>" {
			t.Errorf("got %q, %v", got, err)
		}
	})
	t.Run("own answer", func(t *testing.T) {
		set, err := safehtml.Load(safehtml.Config{
			FS:     tree("page.html", `{{.Missing.Field}}`),
			Failed: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(599) },
		})
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		_ = set.Render(w, httptest.NewRequest("GET", "/", nil), 200, "page", struct{ Missing *int }{})
		if w.Code != 599 {
			t.Errorf("got %d", w.Code)
		}
	})
}

func TestReload(t *testing.T) {
	files := tree("page.html", "one")
	set, err := safehtml.Load(safehtml.Config{FS: files, Reload: true})
	if err != nil {
		t.Fatal(err)
	}
	files["page.html"] = &fstest.MapFile{Data: []byte("two")}
	if got, err := set.HTML(t.Context(), "page", nil); got != "two" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestOverlay(t *testing.T) {
	ours := tree("layouts/base.html", `ours:{{block "main" .}}{{end}}`, "page.html", `{{template "layouts/base" .}}{{define "main"}}page{{end}}`, "dir/a.html", "a")
	users := tree("layouts/base.html", `theirs:{{block "main" .}}{{end}}`, "dir/b.html", "b")
	files := safehtml.Overlay(users, nil, ours)
	if err := fstest.TestFS(safehtml.Overlay(ours), "page.html", "dir/a.html"); err != nil {
		t.Error(err)
	}
	set, err := safehtml.Load(safehtml.Config{FS: files})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"dir/a", "dir/b", "page"}, set.Names()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, _ := set.HTML(t.Context(), "page", nil); got != "theirs:page" {
		t.Errorf("got %q", got)
	}
}

func TestJSONScript(t *testing.T) {
	got := render(t, `{{jsonScript "a\"b" .}}`, map[string]string{"x": `</script><!-- & `})
	want := `<script type="application/json" id="a&#34;b">{"x":"\u003c/script\u003e\u003c!-- \u0026 "}</script>`
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
