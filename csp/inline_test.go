package csp_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/csp"
)

func TestInlineHashes(t *testing.T) {
	for page, want := range map[string]struct{ scripts, styles []string }{
		`<script>a()</script><SCRIPT type=module>b()</SCRIPT ><style>c{}</style>`:   {[]string{"a()", "b()"}, []string{"c{}"}},
		`<script>a()</script><script>a()</script>`:                                  {[]string{"a()"}, nil},
		"<script>\r\na()\r</script>":                                                {[]string{"\na()\n"}, nil},
		`<script src=x>a()</script><script src>b()</script>`:                        {nil, nil},
		`<script type="application/json">{}</script><script type="text/x-tmpl">`:    {nil, nil},
		`<script type="text/javascript; charset=utf-8">a()</script>`:                {[]string{"a()"}, nil},
		`<script type='importmap'>{}</script><script type=speculationrules>{"a":1}`: {nil, nil},
		`<script type='importmap'>{}</script>`:                                      {[]string{"{}"}, nil},
		`<script data-x='>' async>a() < b</script>`:                                 {[]string{"a() < b"}, nil},
		`<!-- <script>a()</script> --><script>b()</script>`:                         {[]string{"b()"}, nil},
		`<textarea><script>a()</script></textarea><title><style>x</style></title>`:  {nil, nil},
		`<scripty>a()</scripty><p style="x" onclick="y">`:                           {nil, nil},
		`<script></script><style></style>`:                                          {nil, nil},
		`<!-- open`:                                                                 {nil, nil},
	} {
		if strings.HasSuffix(page, `tmpl">`) || strings.HasSuffix(page, `:1}`) {
			if _, _, err := csp.InlineHashes(page); err == nil {
				t.Errorf("%s: no error", page)
			}
			continue
		}
		hashes := func(texts []string) (all []csp.Source) {
			for _, text := range texts {
				all = append(all, csp.Hash(text))
			}
			return all
		}
		scripts, styles, err := csp.InlineHashes(page)
		if err != nil || !cmp.Equal(scripts, hashes(want.scripts)) || !cmp.Equal(styles, hashes(want.styles)) {
			t.Errorf("%s: %v %v %v", page, scripts, styles, err)
		}
	}
	for _, page := range []string{"<script>a()", "<script", `<script a="`, "<style>{{.}}</style>", "<script>var x = {{.X}}</script>", "<script a="} {
		if _, _, err := csp.InlineHashes(page); err == nil {
			t.Errorf("%s: no error", page)
		}
	}
}

func FuzzInlineHashes(f *testing.F) {
	f.Add(`<script type="module" nonce='x'>a()</script><!-- x --><style>b</style>`)
	f.Add("<script a=\"<script ==/>\r\n</script")
	f.Fuzz(func(t *testing.T, page string) {
		scripts, styles, err := csp.InlineHashes(page)
		if err != nil {
			return
		}
		if err := csp.StrictHash(scripts...).Update(csp.Policy{csp.StyleSrc: styles}).Validate(); err != nil && len(scripts)+len(styles) < 100 {
			t.Fatal(err)
		}
	})
}
