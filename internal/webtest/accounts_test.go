package webtest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/merlon-go/merlon/internal/webtest"
)

const (
	email       = "ann@example.com"
	password    = "three tall towers in the rain"
	newPassword = "four low walls under the sun"
)

// visitor is a person with a browser in front of a fresh site in development.
type visitor struct {
	t      *testing.T
	server *webtest.Server
	ctx    context.Context
}

func visit(t *testing.T) *visitor {
	v := &visitor{t: t, server: webtest.Serve(t, nil, "--dev"), ctx: webtest.Browser(t)}
	return v
}

func (v *visitor) open(path string) {
	v.t.Helper()
	webtest.Run(v.t, v.ctx, chromedp.Navigate(v.server.URL+path))
}

// send fills the fields of the page's form and sends it.
func (v *visitor) send(form string, fields ...string) {
	v.t.Helper()
	for i := 0; i < len(fields); i += 2 {
		selector := fmt.Sprintf("%s [name=%s]", form, fields[i])
		webtest.Run(v.t, v.ctx, chromedp.SetValue(selector, fields[i+1]))
	}
	webtest.Follow(v.t, v.ctx, chromedp.Click(form+" button:not([type=button])"))
}

func (v *visitor) text() string {
	v.t.Helper()
	return webtest.Get(v.t, v.ctx, chromedp.Text("body"))
}

func (v *visitor) wants(text string) {
	v.t.Helper()
	webtest.Await(v.t, v.ctx, fmt.Sprintf("document.body.innerText.includes(%q)", text))
}

var link = regexp.MustCompile(`https?://\S+/account/\S+`)

// confirm follows the link of the newest mail, as shown under /-/dev/mail.
func (v *visitor) confirm() {
	v.t.Helper()
	const newest = `main a[href*="/-/dev/mail/"]`
	webtest.Eventually(func() bool { // mail is sent after the answer
		v.open("/-/dev/mail")
		return webtest.Get(v.t, v.ctx, chromedp.Evaluate[bool](`document.querySelector('`+newest+`') !== null`))
	})
	webtest.Follow(v.t, v.ctx, chromedp.Click(newest))
	found := link.FindString(v.text())
	if found == "" {
		v.t.Fatalf("the mail holds no link:\n%s", v.text())
	}
	webtest.Run(v.t, v.ctx, chromedp.Navigate(found))
	v.send(`form[action="/account/email/verify"]`)
}

func (v *visitor) signUp() {
	v.t.Helper()
	v.open("/account/signup")
	v.send(`form[action="/account/signup"]`, "email", email, "password", password)
	v.confirm()
}

func (v *visitor) signIn(password string) {
	v.t.Helper()
	v.open("/account/login")
	v.send(`form[action="/account/login"]`, "email", email, "password", password)
}

func TestAPersonSignsUpSignsInSeesWhatProtectsThemAndSignsOut(t *testing.T) {
	v := visit(t)
	v.signUp()

	v.signIn("not the password at all")
	v.wants("Sign in")
	if strings.Contains(v.text(), "Sign out") {
		t.Fatal("a wrong password signed in")
	}
	v.signIn(password)
	v.wants("Sign out")

	v.open("/")
	v.wants("What protects this request")
	v.wants("Signed in as " + email)

	v.open("/account/password/change")
	v.send(`form[action="/account/password/change"]`, "password", password, "new_password", newPassword)
	v.open("/account/logout")
	v.send(`form[action="/account/logout"]`)
	v.open("/")
	if strings.Contains(v.text(), email) {
		t.Error("the welcome page still knows who was signed in")
	}
	v.signIn(password)
	if strings.Contains(v.text(), "Sign out") {
		t.Error("the old password still signs in")
	}
	v.signIn(newPassword)
	v.wants("Sign out")
}

func TestSignOutEverywhereEndsTheOtherBrowser(t *testing.T) {
	v := visit(t)
	v.signUp()
	v.signIn(password)
	v.wants("Sign out")
	other := &visitor{t: t, server: v.server, ctx: webtest.Browser(t)}
	other.signIn(password)
	other.wants("Sign out")

	v.open("/account/sessions")
	webtest.Follow(t, v.ctx, chromedp.Click("button[name=end][value=all]"))
	for _, one := range []*visitor{v, other} {
		one.open("/account/sessions")
		one.wants("Forgot it?") // the sign-in page
	}
}

// elsewhere is another site that means harm.
func elsewhere(t *testing.T, page string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page)
	}))
	t.Cleanup(server.Close)
	// The site is at localhost, so that 127.0.0.1 is another site to the browser.
	return server.URL
}

func TestAttackFormOfAnotherOriginIsRefused(t *testing.T) {
	v := visit(t)
	v.signUp()
	v.signIn(password)
	v.wants("Sign out")
	evil := elsewhere(t, `<form method="post" action="`+v.server.URL+`/account/sessions"><input name="end" value="all"><button>Win a prize</button></form>`)
	webtest.Run(t, v.ctx, chromedp.Navigate(evil))
	webtest.Follow(t, v.ctx, chromedp.Click("button"))
	v.wants("Not allowed")
	v.open("/")
	v.wants("Signed in as " + email)
}

func TestAttackFramingIsRefused(t *testing.T) {
	v := visit(t)
	open := strings.Replace(elsewhere(t, `<p>anybody may frame this</p>`), "127.0.0.1", "localhost", 1)
	framed := func(address, text string) bool {
		tab, shut := chromedp.NewContext(v.ctx)
		t.Cleanup(shut)
		if err := chromedp.Do(tab); err != nil {
			t.Fatal(err)
		}
		webtest.Run(t, tab, chromedp.Navigate(elsewhere(t, `<iframe src="`+address+`"></iframe>`)))
		targets, err := chromedp.Targets(tab)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range targets {
			if one.Type != "iframe" || !strings.HasPrefix(one.URL, address) {
				continue
			}
			inside, leave := chromedp.NewContext(tab, chromedp.WithTargetID(one.TargetID))
			t.Cleanup(leave)
			if err := chromedp.Do(inside); err != nil {
				t.Fatal(err)
			}
			return strings.Contains(webtest.Get(t, inside, chromedp.Evaluate[string]("document.documentElement.innerText")), text)
		}
		t.Fatalf("no frame of %s", address)
		return false
	}
	if !framed(open+"/", "anybody may frame this") {
		t.Fatal("the test does not see a page that may be framed")
	}
	for _, path := range []string{"/", "/account/login", "/-/nowhere"} {
		if framed(v.server.URL+path, "Protected by Merlon") {
			t.Errorf("%s was framed", path)
		}
	}
}

// injection is what a hole in a page would leave there: an inline script and a
// handler. Trusted Types already refuse to build them from text, which counts.
const injection = `(() => {
	const script = document.createElement("script");
	try { script.textContent = "window.injected = 'script'" } catch {}
	document.body.append(script);
	const image = document.createElement("img");
	try { image.setAttribute("onerror", "window.injected = 'handler'") } catch {}
	image.src = "/-/nowhere.png";
	document.body.append(image);
	return true;
})()`

func TestAttackInjectedScriptDoesNotRun(t *testing.T) {
	v := visit(t)
	injected := func(address string) string {
		webtest.Run(t, v.ctx, chromedp.Navigate(address))
		webtest.Get(t, v.ctx, chromedp.Evaluate[bool](injection))
		webtest.Await(t, v.ctx, `[...document.images].every(i => i.complete)`)
		return webtest.Get(t, v.ctx, chromedp.Evaluate[string](`String(window.injected)`))
	}
	if got := injected(elsewhere(t, "<p>no policy</p>")); got == "undefined" {
		t.Fatal("the test injects nothing even where nothing forbids it")
	}
	for _, path := range []string{"/", "/account/login", "/account/signup", "/-/nowhere"} {
		if got := injected(v.server.URL + path); got != "undefined" {
			t.Errorf("%s: the injected %s ran", path, got)
		}
		// Trusted Types: text does not become markup or code, whoever asks.
		for _, sink := range []string{`document.body.innerHTML = "<b>"`, `document.write("<b>")`, `document.createElement("iframe").srcdoc = "<b>"`} {
			if got := webtest.Get(t, v.ctx, chromedp.Evaluate[string](`(() => { try { `+sink+`; return "taken" } catch (e) { return e.name } })()`)); got == "taken" {
				t.Errorf("%s takes %s", path, sink)
			}
		}
	}
}

func TestPagesRunWithoutViolations(t *testing.T) {
	v := visit(t)
	clean := func(paths ...string) {
		for _, path := range paths {
			v.open(path)
			// A violation in a page is also an entry of the reporting queue.
			seen := webtest.Get(t, v.ctx, chromedp.Evaluate[string](`(() => {
				const o = new ReportingObserver(() => {}, {buffered: true, types: ["csp-violation"]});
				o.observe();
				return o.takeRecords().map(r => r.body.effectiveDirective + " " + r.body.blockedURL).join(", ");
			})()`))
			if seen != "" {
				t.Errorf("%s violates its policy: %s", path, seen)
			}
		}
	}
	clean("/", "/account/login", "/account/signup", "/account/password/reset")
	v.signUp()
	v.signIn(password)
	command(t, v.server, "", "user", "set-staff", email, "--dev")
	clean("/", "/account/", "/account/sessions", "/account/password/change", "/account/logout", "/-/dev/mail", "/console/", "/console/csp", "/-/nowhere")
	// The same, as the site's own receiver saw it. The last page is made to
	// violate its policy, to know that reports come.
	webtest.Get(t, v.ctx, chromedp.Evaluate[bool](injection))
	seen := map[string]bool{}
	webtest.Eventually(func() bool {
		for _, r := range reported(t, v.server) {
			if r.Route != "/-/nowhere" {
				t.Fatalf("%+v", r)
			}
			seen[r.Directive] = true
		}
		return seen["require-trusted-types-for"]
	})
	if !seen["require-trusted-types-for"] {
		t.Errorf("of the injection was reported: %v", seen)
	}
}
