package webtest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/internal/webtest"
)

// policySite serves pages under a policy and collects the reports.
type policySite struct {
	url      string
	receiver *csp.Receiver
	store    *csp.MemoryStore
}

func newPolicySite(t *testing.T, config csp.Config, page http.HandlerFunc) *policySite {
	t.Helper()
	config.ReportEndpoint = "/-/csp-report"
	protection, err := csp.New(config)
	if err != nil {
		t.Fatal(err)
	}
	s := &policySite{store: csp.NewMemoryStore(0)}
	if s.receiver, err = csp.NewReceiver(csp.ReceiverConfig{Store: s.store}); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /-/csp-report", s.receiver)
	mux.HandleFunc("GET /app.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, `window.app = true`)
	})
	mux.HandleFunc("GET /", page)
	server := httptest.NewServer(protection.Handler(mux))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// reports returns what was reported, once it is enough.
func (s *policySite) reports(t *testing.T, enough func([]csp.Report) bool) (all []csp.Report) {
	t.Helper()
	webtest.Eventually(func() bool {
		if err := s.receiver.Flush(context.Background()); err != nil {
			t.Fatal(err)
		}
		var err error
		if all, err = s.store.Reports(context.Background(), time.Time{}, 100); err != nil {
			t.Fatal(err)
		}
		return enough(all)
	})
	return all
}

func some(reports []csp.Report) bool { return len(reports) > 0 }

// A site tries the strict policy, learns from its reports that a script has no
// nonce, gives it one, and hears nothing more of it.
func TestReportOnlyToEnforced(t *testing.T) {
	var marked atomic.Bool
	site := newPolicySite(t, csp.Config{SkipEnforce: true, ReportOnly: csp.Strict()}, func(w http.ResponseWriter, r *http.Request) {
		attribute := ""
		if marked.Load() {
			attribute = ` nonce="` + csp.Nonce(r.Context()) + `"`
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><title>p</title><script%s>window.ran = true</script>`, attribute)
		if r.URL.Path == "/end" { // another violation, to know that reports have come
			fmt.Fprint(w, `<img src="http://192.0.2.1:9/x?secret">`)
		}
	})
	ctx := webtest.Browser(t)
	webtest.Run(t, ctx, chromedp.Navigate(site.url+"/shop"))
	webtest.Await(t, ctx, "window.ran")
	reports := site.reports(t, some)
	if len(reports) != 1 || reports[0].Blocked != csp.BlockedInline || reports[0].Route != "/shop" || reports[0].Enforced {
		t.Fatalf("%+v, %+v", reports, site.receiver.Stats())
	}
	basic := csp.Basic()
	if s := csp.Suggest(reports, basic); len(s) != 1 || s[0].Add != csp.NonceSource || s[0].Directive != csp.ScriptSrc {
		t.Errorf("for a policy without nonce: %+v", s)
	}
	if s := csp.Suggest(reports, csp.Strict()); len(s) != 1 || s[0].Add != "" {
		t.Errorf("for the strict policy: %+v", s)
	}
	marked.Store(true)
	if n, err := site.store.Prune(context.Background(), time.Now().Add(time.Hour)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	webtest.Run(t, ctx, chromedp.Navigate(site.url+"/shop"), chromedp.Navigate(site.url+"/end"))
	webtest.Await(t, ctx, "window.ran")
	reports = site.reports(t, some)
	if len(reports) != 1 || reports[0].Directive != "img-src" || reports[0].Blocked != "http://192.0.2.1:9" {
		t.Errorf("%+v, %+v", reports, site.receiver.Stats())
	}
}

// What somebody injected does not run; what the page marks does, and what that loads.
func TestStrictPolicyInChromium(t *testing.T) {
	site := newPolicySite(t, csp.Config{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/unused": // no nonce asked for: no script at all
			fmt.Fprint(w, `<!doctype html><title>p</title><script>window.injected = true</script><script src="/app.js"></script>`)
		case "/late": // asked for after the header was sent
			fmt.Fprint(w, `<!doctype html><title>p</title>`)
			http.NewResponseController(w).Flush()
			fmt.Fprintf(w, `<script nonce="%s">window.injected = true</script>`, csp.Nonce(r.Context()))
		default:
			fmt.Fprintf(w, `<!doctype html><title>p</title>
<base href="http://192.0.2.1/"><script>window.injected = true</script><script src="/app.js"></script>
<p onclick="window.injected = true" id="p">x</p><a id="a" href="javascript:window.injected=true">y</a>
<script nonce="%s">
	window.ran = true
	document.getElementById("p").click()
	document.getElementById("a").click()
	try { document.getElementById("p").innerHTML = "<b>" } catch (e) { window.refused = e instanceof TypeError }
	try { eval("window.injected = true") } catch (e) { window.evalRefused = true }
</script>`, csp.Nonce(r.Context()))
		}
	})
	ctx := webtest.Browser(t)
	is := func(expression string) bool {
		return webtest.Get(t, ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
	}
	webtest.Run(t, ctx, chromedp.Navigate(site.url+"/"))
	webtest.Await(t, ctx, `window.ran && document.readyState === "complete"`)
	if is("window.injected") || is("window.app") || !is("window.refused") || !is("window.evalRefused") || !is("document.baseURI.startsWith(location.origin)") {
		t.Errorf("injected %v, app %v, innerHTML refused %v, eval refused %v", is("window.injected"), is("window.app"), is("window.refused"), is("window.evalRefused"))
	}
	for _, path := range []string{"/unused", "/late"} {
		webtest.Run(t, ctx, chromedp.Navigate(site.url+path))
		webtest.Await(t, ctx, `document.readyState === "complete"`)
		if is("window.injected") || is("window.app") {
			t.Errorf("%s: a script ran", path)
		}
	}
	wanted := []string{"script-src-elem inline", "script-src-elem self", "script-src-attr inline", "base-uri http://192.0.2.1", "require-trusted-types-for trusted-types-sink"}
	kinds := map[string]bool{}
	reports := site.reports(t, func(reports []csp.Report) bool {
		for _, r := range reports {
			kinds[r.Directive+" "+r.Blocked] = true
		}
		return !slices.ContainsFunc(wanted, func(want string) bool { return !kinds[want] })
	})
	for _, want := range wanted {
		if !kinds[want] {
			t.Errorf("not reported: %s, but %v", want, kinds)
		}
	}
	for _, r := range reports {
		if !r.Enforced {
			t.Errorf("%+v", r)
		}
	}
	for _, s := range csp.Suggest(reports, csp.Strict()) {
		if s.Add != "" {
			t.Errorf("the strict policy should change: %+v", s)
		}
	}
}

// Under strict-hash the scripts of the site's own pages run by their hashes.
func TestStrictHashInChromium(t *testing.T) {
	v := &visitor{t: t, server: webtest.Serve(t, []string{"MERLON_CSP=strict-hash"}, "--dev"), ctx: webtest.Browser(t)}
	v.open("/account/login")
	webtest.Await(t, v.ctx, `document.querySelector(".reveal:not([hidden])")`)
	if got := webtest.Get(t, v.ctx, chromedp.Evaluate[string](strings.TrimSuffix(injection, ";")+` && String(window.injected)`)); got != "undefined" {
		t.Errorf("the injected %s ran", got)
	}
}
