package webtest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/csrf"
	"github.com/merlon-go/merlon/internal/webtest"
	"github.com/merlon-go/merlon/secrets"
)

// refusals keeps the reasons of what was refused.
type refusals struct {
	mu      sync.Mutex
	reasons []string
}

func (r *refusals) Record(_ context.Context, e audit.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reasons = append(r.reasons, e.Reason)
	return nil
}

func (r *refusals) take() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := strings.Join(r.reasons, " ")
	r.reasons = nil
	return text
}

// A page on another site tries to have the visitor's browser pay.
func TestForgeriesInChromium(t *testing.T) {
	keys, err := secrets.NewRing(secrets.New("a key for tests, 32 bytes or more of it"))
	if err != nil {
		t.Fatal(err)
	}
	refused := new(refusals)
	protection, err := csrf.New(csrf.Config{
		Keys: keys, InsecureCookie: true, Audit: refused, AllowTokenless: []string{"/api/"}, Isolate: []string{"/private"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var paid sync.Map
	mux := http.NewServeMux()
	mux.HandleFunc("GET /form", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><title>form</title><form method="post" action="/pay">%s<button>Pay</button></form>`, csrf.Field(r.Context()))
	})
	mux.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		paid.Store(r.URL.Path, true)
		fmt.Fprint(w, "<title>paid</title>paid")
	})
	mux.HandleFunc("GET /private", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<title>private</title>") })
	site := httptest.NewServer(protection.Handler(mux))
	t.Cleanup(site.Close)

	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		form := `<form method="post" action="` + site.URL + `/pay"><input name="csrf_token" value="x"></form><script>document.forms[0].submit()</script>`
		switch r.URL.Path {
		case "/form":
			fmt.Fprint(w, `<!doctype html><title>evil</title>`+form)
		case "/sandbox": // Origin: null
			fmt.Fprintf(w, `<!doctype html><title>evil</title><iframe sandbox="allow-scripts allow-forms" srcdoc='%s'></iframe>`, form)
		case "/fetch":
			fmt.Fprintf(w, `<!doctype html><title>evil</title><script>
				fetch(%q, {method: "POST", mode: "no-cors", credentials: "include", body: "a=1"}).finally(() => document.title = "done")</script>`, site.URL+"/api/pay")
		case "/load":
			fmt.Fprintf(w, `<!doctype html><title>evil</title><img src=%q onerror='document.title = "done"'>`, site.URL+"/private")
		case "/link":
			fmt.Fprintf(w, `<!doctype html><title>evil</title><a id="a" href=%q>x</a>`, site.URL+"/private")
		case "/redirect": // a form of the site itself, sent on from here with its body
			http.Redirect(w, r, site.URL+"/pay", http.StatusTemporaryRedirect)
		}
	}))
	t.Cleanup(evil.Close)
	// The same machine under another name is another site to the browser.
	elsewhere := strings.Replace(evil.URL, "127.0.0.1", "localhost", 1)
	ctx := webtest.Browser(t)
	_, done := paid.Load("/pay")
	if done {
		t.Fatal("paid before")
	}
	webtest.Run(t, ctx, chromedp.Navigate(site.URL+"/form"))
	webtest.Follow(t, ctx, chromedp.Click("button"))
	if _, ok := paid.LoadAndDelete("/pay"); !ok || refused.take() != "" {
		t.Error("the site's own form is refused")
	}
	for _, c := range []struct{ path, done, want string }{
		{"/form", `!document.title.includes("evil") && document.readyState === "complete"`, csrf.ReasonCrossSite},
		{"/fetch", `document.title === "done"`, csrf.ReasonCrossSite},
		{"/load", `document.title === "done"`, csrf.ReasonIsolated},
	} {
		webtest.Run(t, ctx, chromedp.Navigate(elsewhere+c.path))
		webtest.Await(t, ctx, c.done)
		if got := refused.take(); got != c.want {
			t.Errorf("%s: refused as %q, want %q", c.path, got, c.want)
		}
	}
	webtest.Run(t, ctx, chromedp.Navigate(elsewhere+"/sandbox"))
	reason := ""
	webtest.Eventually(func() bool { // the frame sends when it is there
		reason = refused.take()
		return reason != ""
	})
	if reason != csrf.ReasonCrossSite {
		t.Errorf("the form of a sandboxed frame: %q", reason)
	}
	// A link is welcome.
	webtest.Run(t, ctx, chromedp.Navigate(elsewhere+"/link"))
	webtest.Follow(t, ctx, chromedp.Click("#a"))
	if title := webtest.Get(t, ctx, chromedp.Title()); title != "private" || refused.take() != "" {
		t.Errorf("after a link: %q", title)
	}
	// The site's own form sent to the other site, which sends it back with its token.
	webtest.Run(t, ctx, chromedp.Navigate(site.URL+"/form"))
	webtest.Get(t, ctx, chromedp.Evaluate[bool](fmt.Sprintf(`Boolean(document.forms[0].action = %q)`, elsewhere+"/redirect")))
	webtest.Follow(t, ctx, chromedp.Click("button"))
	if got := refused.take(); got != csrf.ReasonCrossSite {
		t.Errorf("a redirected form: %q", got)
	}
	paid.Range(func(path, _ any) bool {
		t.Errorf("%s was paid by force", path)
		return true
	})
}
