package sanitize_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/merlon-go/merlon/safehtml/sanitize"
)

func policy(t testing.TB, config sanitize.Config) *sanitize.Policy {
	t.Helper()
	p, err := sanitize.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var everything = sanitize.Config{AllowLinks: true, AllowImages: true, AllowTables: true}

func TestHTML(t *testing.T) {
	for _, c := range []struct {
		config   sanitize.Config
		in, want string
	}{
		{sanitize.Config{}, "plain & simple", "plain &amp; simple"},
		{sanitize.Config{}, "<p>a <b>b</b> <em>c</em></p>", "<p>a <b>b</b> <em>c</em></p>"},
		{sanitize.Config{}, "a<script>alert(1)</script>b", "ab"},
		{sanitize.Config{}, "<img src=x onerror=alert(1)>", ""},
		{sanitize.Config{}, `<p onclick="x" style="y" class="z" id="w">a</p>`, "<p>a</p>"},
		{sanitize.Config{}, `<a href="https://a.example/">a</a>`, "a"},
		{sanitize.Config{}, "<svg><script>alert(1)</script></svg>", ""},
		{sanitize.Config{}, "<style>p{}</style>a", "a"},
		{sanitize.Config{}, `<iframe srcdoc="<script>x</script>"></iframe>`, ""},
		{sanitize.Config{}, "<table><tr><td>a</td></tr></table>", "a"},
		{sanitize.Config{}, "<form><input name=password></form>", ""},
		{sanitize.Config{AllowLinks: true}, `<a href="https://a.example/">a</a>`, `<a href="https://a.example/" rel="nofollow noreferrer">a</a>`},
		{sanitize.Config{AllowLinks: true}, `<a href="javascript:alert(1)">a</a>`, "a"},
		{sanitize.Config{AllowLinks: true}, "<a href=\"java\tscript:alert(1)\">a</a>", "a"},
		{sanitize.Config{AllowLinks: true}, `<a href="data:text/html,x">a</a>`, "a"},
		{sanitize.Config{AllowLinks: true}, `<a href="//evil.example">a</a>`, "a"},
		{sanitize.Config{AllowLinks: true}, `<a href="mailto:a@b.example">a</a>`, `<a href="mailto:a@b.example" rel="nofollow noreferrer">a</a>`},
		{everything, `<a href="//evil.example">a</a>`, "a"},
		{everything, `<a href="/x">a</a>`, `<a href="/x" rel="nofollow noreferrer">a</a>`},
		{everything, `<img src="/a.png" alt="x" onerror="y">`, `<img src="/a.png" alt="x">`},
		{everything, `<img src="//evil.example/a.png">`, ""},
		{everything, `<img src="https://evil.example/a.png">`, ""},
		{everything, `<td colspan="2">a</td>`, `<td colspan="2">a</td>`},
	} {
		if got := string(policy(t, c.config).HTML(c.in)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func TestText(t *testing.T) {
	if got := policy(t, everything).Text(`<b>a</b> <a href="/">b</a> < c`); got != "a b &lt; c" {
		t.Errorf("got %q", got)
	}
}

// Django's strip_tags keeps a tag that is not closed (and what it starts).
func TestDjangoDifference_UnclosedTag(t *testing.T) {
	for _, in := range []string{"<img src=x onerror=alert(1)", "<<b>script>alert(1)<</b>/script>", "<a href='javascript:x' ", "&lt;script&gt;", "<scr<script>ipt>alert(1)</script>"} {
		p := policy(t, everything)
		for _, got := range []string{string(p.HTML(in)), string(p.Text(in))} {
			if strings.Contains(got, "<img") || strings.Contains(got, "<script") {
				t.Errorf("%s: got %s", in, got)
			}
		}
	}
}

func TestMaxBytes(t *testing.T) {
	p := policy(t, sanitize.Config{MaxBytes: 10})
	for _, in := range []string{strings.Repeat("é", 100), strings.Repeat("😀", 100), strings.Repeat("a", 100)} {
		got := string(p.HTML(in))
		if len(got) > 10 || len(got) < 7 || !utf8.ValidString(got) {
			t.Errorf("%.10s: got %q", in, got)
		}
	}
	if _, err := sanitize.New(sanitize.Config{MaxBytes: -1}); err == nil {
		t.Error("negative MaxBytes was taken")
	}
}

// What comes out has no element, attribute or scheme that runs, and stays as it
// is when sanitised again.
func FuzzHTML(f *testing.F) {
	for _, s := range []string{
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", `<svg/onload=alert(1)>`, `<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
		`<a href="javascript:alert(1)">`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<!--><script>alert(1)</script>-->`, "<p>a\x00b", "\xff", "&#x6A;avascript:",
	} {
		f.Add(s)
	}
	p := policy(f, everything)
	f.Fuzz(func(t *testing.T, in string) {
		out := string(p.HTML(in))
		z := html.NewTokenizer(strings.NewReader(out))
		for z.Next() != html.ErrorToken {
			token := z.Token()
			switch token.Data {
			case "script", "style", "iframe", "object", "embed", "svg", "math", "form", "input", "base", "meta", "link":
				if token.Type == html.StartTagToken || token.Type == html.SelfClosingTagToken {
					t.Errorf("%q gave %q", in, out)
				}
			}
			if token.Type != html.StartTagToken && token.Type != html.SelfClosingTagToken {
				continue
			}
			for _, a := range token.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(a.Val), "javascript:") {
					t.Errorf("%q gave %q", in, out)
				}
			}
		}
	})
}

func ExamplePolicy() {
	p, err := sanitize.New(sanitize.Config{AllowLinks: true})
	if err != nil {
		panic(err)
	}
	fmt.Println(p.HTML(`<p onclick="steal()">Hello <a href="javascript:steal()">there</a><script>steal()</script></p>`))
	// Output: <p>Hello there</p>
}
