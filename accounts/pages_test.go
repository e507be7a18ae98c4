package accounts_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/internal/pages"
	"github.com/merlon-go/merlon/safehtml"
)

// loadPages loads the pages with a CSRF token that can be recognised.
func loadPages(t testing.TB) *safehtml.Templates {
	t.Helper()
	static, err := safehtml.NewStatic(safehtml.StaticConfig{FS: pages.Static()})
	fatal(t, err)
	set, err := safehtml.Load(safehtml.Config{
		FS: accounts.Files(), Static: static, Funcs: pages.Funcs(),
		Nonce:     func(context.Context) string { return "NONCE" },
		CSRFToken: func(context.Context) string { return "TOKEN" },
	})
	fatal(t, err)
	return set
}

// full is a view in which everything is there that can be.
func full() accounts.View {
	return accounts.View{
		SiteName: "site.example", User: &accounts.User{Email: ann, Created: start, PasswordChanged: start}, SignupOpen: true,
		Email: ann, Next: "/private", Token: "abc", Help: []string{"Be long."}, AskPassword: true, Hours: "24 hours", Now: start,
		Sessions: []accounts.SessionView{{ID: "1", Device: "Firefox on Linux", Client: "2001:db8::7", Current: true}, {ID: "2", Device: "curl"}},
	}
}

// TestPagesAreSound reads every page in every state as a parser does.
func TestPagesAreSound(t *testing.T) {
	set := loadPages(t)
	notice := full()
	notice.Notice = "Done."
	one, several, whole := full(), full(), full()
	one.Problems = []accounts.Problem{{Field: "email", Text: "Wrong."}}
	several.Problems = []accounts.Problem{{Field: "email", Text: "Wrong."}, {Field: "password", Text: "Wrong too."}, {Field: "new_password", Text: "And this."}}
	whole.Problems = []accounts.Problem{{Text: "All wrong."}}
	for _, name := range set.Names() {
		data := map[string]any{"full": full(), "empty": accounts.View{SiteName: "s", User: &accounts.User{}}, "notice": notice, "one": one, "several": several, "whole": whole}
		switch name {
		case "site/welcome":
			data = map[string]any{"anonymous": pages.Welcome{SiteName: "s", SignupOpen: true, Dev: true, MailPath: "/-/dev/mail", Protections: []pages.Protection{
				{Name: "CSP", State: "on", Value: "default-src 'none'", Why: "Stops.", Docs: "/docs"}, {Name: "x", State: "off", Why: "y"}}, RequestID: "r"},
				"signed in": pages.Welcome{SiteName: "s", Email: ann}}
		case "site/error":
			data = map[string]any{}
			for status := 400; status < 600; status++ {
				data[fmt.Sprint(status)] = pages.NewError(status, "id")
			}
		case "site/mails":
			data = map[string]any{"none": pages.Mails{SiteName: "s"}, "one": pages.Mails{SiteName: "s", Mails: []pages.Mail{{Path: "/1", To: ann, Subject: "s"}}}}
		case "site/mail":
			data = map[string]any{"mail": pages.Mail{SiteName: "s", To: ann, Subject: "s", Text: "see https://a.example/b.", HTML: "<p>"}}
		case "mail/letter":
			continue // a document of its own kind
		}
		for state, d := range data {
			text, err := set.HTML(t.Context(), name, d)
			if err != nil {
				t.Errorf("%s (%s): %v", name, state, err)
				continue
			}
			for _, fault := range faultsOf(text) {
				t.Errorf("%s (%s): %s", name, state, fault)
			}
		}
	}
}

var void = strings.Fields("area base br col embed hr img input link meta source track wbr")

// document is what faultsOf collects about a page.
type document struct {
	faults     []string
	open       []string
	ids        map[string]bool
	references [][2]string // attribute and the id it names
	labels     map[string]bool
	counts     map[string]int
	fields     []string // ids of inputs that need a label
	token      bool     // the open form has its token
	posts      bool
}

func (d *document) complain(format string, args ...any) {
	d.faults = append(d.faults, fmt.Sprintf(format, args...))
}

// faultsOf reports what is wrong with a page: tags that are not closed, ids that
// are missing or double, fields without label, forms without token, anything
// inline.
func faultsOf(text string) []string {
	d := &document{ids: map[string]bool{}, labels: map[string]bool{}, counts: map[string]int{}}
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() != io.EOF {
				d.complain("%v", z.Err())
			}
			d.finish()
			return d.faults
		case html.StartTagToken, html.SelfClosingTagToken:
			d.start(z.Token())
		case html.EndTagToken:
			d.end(z.Token().Data)
		}
	}
}

func (d *document) start(token html.Token) {
	d.counts[token.Data]++
	if !slices.Contains(void, token.Data) {
		d.open = append(d.open, token.Data)
	}
	attributes := map[string]string{}
	for _, a := range token.Attr {
		if _, twice := attributes[a.Key]; twice {
			d.complain("<%s> has %s twice", token.Data, a.Key)
		}
		attributes[a.Key] = a.Val
		switch {
		case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
			d.complain("<%s> has %s", token.Data, a.Key)
		case a.Key == "id":
			if d.ids[a.Val] {
				d.complain("id %q twice", a.Val)
			}
			d.ids[a.Val] = true
		case a.Key == "for" || a.Key == "aria-describedby" || a.Key == "aria-labelledby":
			for id := range strings.FieldsSeq(a.Val) {
				d.references = append(d.references, [2]string{a.Key, id})
			}
		case a.Key == "href" && strings.HasPrefix(a.Val, "#") && len(a.Val) > 1:
			// The summary may name a field of another form of the view.
		}
	}
	switch token.Data {
	case "label":
		d.labels[attributes["for"]] = true
	case "input":
		_, hidden := attributes["hidden"]
		if attributes["type"] == "hidden" || hidden {
			d.token = d.token || attributes["name"] == "csrf_token" && attributes["value"] == "TOKEN"
		} else {
			d.fields = append(d.fields, attributes["id"])
		}
	case "form":
		d.posts, d.token = strings.EqualFold(attributes["method"], "post"), false
	case "img":
		if _, ok := attributes["alt"]; !ok {
			d.complain("<img> without alt")
		}
	case "script":
		if attributes["src"] == "" || attributes["integrity"] == "" || attributes["nonce"] != "NONCE" {
			d.complain("script inline, or without integrity or nonce")
		}
	case "style":
		d.complain("inline style")
	}
}

func (d *document) end(name string) {
	if len(d.open) == 0 || d.open[len(d.open)-1] != name {
		d.complain("</%s> closes %v", name, d.open)
		return
	}
	d.open = d.open[:len(d.open)-1]
	if name == "form" && d.posts && !d.token {
		d.complain("a form posts without the CSRF token")
	}
}

func (d *document) finish() {
	if len(d.open) > 0 {
		d.complain("not closed: %v", d.open)
	}
	for _, r := range d.references {
		if !d.ids[r[1]] {
			d.complain("%s names %q, which is not there", r[0], r[1])
		}
	}
	for _, id := range d.fields {
		if id == "" || !d.labels[id] {
			d.complain("field %q has no label", id)
		}
	}
	for _, name := range []string{"main", "h1", "title", "header", "footer"} {
		if d.counts[name] != 1 {
			d.complain("%d <%s>", d.counts[name], name)
		}
	}
}

// Strings that break naive systems: stored exactly or refused, never a 500, and
// never markup in an answer.
var naughty = []string{
	"", " ", "\x00", "a\x00b", "\xff\xfe", "\u202ealert", "\ufeff", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "' OR 1=1 --",
	"'; DROP TABLE accounts; --", "${7*7}", "{{7*7}}", "%s%s%n", "%00", "..\\..\\etc/passwd", "javascript:alert(1)", "\r\nBcc: all@example.com",
	"a@b\r\nBcc: x@example.com", "ann@example.com\x00", "ann@example.com,eve@example.com", "ann@example.com eve@example.com", `"ann@x"@example.com`,
	"<ann@example.com>", "ann@[127.0.0.1]", "\u0430nn@example.com", strings.Repeat("a", 60000), strings.Repeat("😀", 300), "null", "undefined", "NaN", "true", "[]", "{}",
	"ǅ", "İ", "ﬁ", "e\u0301", "\u1160", "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮", "田中さん@例え.jp", "社會科學院語學研究所",
}

func TestNaughtyStrings(t *testing.T) {
	forms := []struct{ path, fields string }{
		{"/account/signup", "email password"}, {"/account/login", "email password next"}, {"/account/password/reset", "email"},
		{"/account/password/reset/confirm", "token new_password"}, {"/account/email/verify", "token password"},
		{"/account/password/change", "password new_password"}, {"/account/sessions", "id end"}, {"/account/logout", "next"},
	}
	s := newSite(t)
	b := s.member()
	for _, text := range naughty {
		for _, form := range forms {
			for field := range strings.FieldsSeq(form.fields) {
				pairs := []string{"email", ann, "password", more}
				pairs = append([]string{field, text}, pairs...) // the first of a name counts
				person := b
				if form.path == "/account/logout" {
					person = s.browser()
				}
				got := person.post(form.path, pairs...)
				if got.StatusCode >= 500 {
					t.Errorf("%s, %s = %.40q: status %d", form.path, field, text, got.StatusCode)
				}
				if location := got.Header.Get("Location"); strings.ContainsAny(location, "\r\n") || location != "" && (location[0] != '/' || strings.HasPrefix(location, "//")) {
					t.Errorf("%s, %s = %.40q: Location %q", form.path, field, text, location)
				}
				if page := body(t, got); page != "" {
					if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img src=x") {
						t.Errorf("%s, %s = %.40q: markup in the page", form.path, field, text)
					}
				}
			}
		}
		for _, m := range s.take() {
			if err := m.Check(); err != nil || strings.ContainsAny(m.To+m.Subject, "\r\n") {
				t.Errorf("%.40q: mail to %q: %v", text, m.To, err)
			}
		}
	}
	if b.whoami() != ann {
		t.Error("signed out by a naughty string")
	}
}

// What is typed is still there when the form comes back, except the passwords.
func TestFormsKeepWhatWasTyped(t *testing.T) {
	s := newSite(t)
	page := body(t, s.browser().post("/account/signup", "email", `ann"<@example`, "password", "short"))
	if !strings.Contains(page, `value="ann&#34;&lt;@example"`) {
		t.Error("the address is gone")
	}
	if strings.Contains(page, "short\"") {
		t.Error("the password is in the page")
	}
	if strings.Count(page, "autofocus") != 1 || !strings.Contains(page, `aria-invalid="true"`) {
		t.Error("the cursor is not at one field, or the field is not marked")
	}
}

func FuzzForms(f *testing.F) {
	for i, text := range naughty {
		f.Add(text, naughty[(i+7)%len(naughty)], naughty[(i+13)%len(naughty)])
	}
	s := newSite(f)
	f.Fuzz(func(t *testing.T, email, password, next string) {
		s.t = t
		b := s.browser()
		b.cookies["__Host-signup"] = strings.Map(func(r rune) rune {
			if r <= ' ' || r > '~' || strings.ContainsRune(`",;\`, r) {
				return -1
			}
			return r
		}, next)
		for _, path := range []string{"/account/login", "/account/password/reset", "/account/email/verify"} {
			got := b.post(path, "email", email, "password", password, "next", next, "token", email)
			if got.StatusCode >= 500 || got.StatusCode == 303 && path == "/account/login" {
				t.Errorf("%s: status %d", path, got.StatusCode)
			}
		}
		if got := b.get("/account/signup/sent"); got.StatusCode != 200 {
			t.Errorf("status %d", got.StatusCode)
		}
	})
}
