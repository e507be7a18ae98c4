package webtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/internal/webtest"
	"github.com/merlon-go/merlon/manage"
)

// command runs the program in the folder of a server and returns what it wrote
// to standard output.
func command(t *testing.T, s *webtest.Server, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.Command(webtest.Binary(t), args...)
	cmd.Dir, cmd.Env, cmd.Stdin = s.Dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.Dir}, strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s%s", args, err, &out, &errs)
	}
	return out.String()
}

// reported returns what the server's database holds about violations.
func reported(t *testing.T, s *webtest.Server) []csp.Report {
	t.Helper()
	var all []csp.Report
	if err := json.Unmarshal([]byte(command(t, s, "", "csp", "reports", "--dev", "--format", "json")), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// A member of staff sees what the visitors' browsers reported.
func TestStaffSeesWhatBrowsersReported(t *testing.T) {
	v := visit(t)
	command(t, v.server, password+"\n", "user", "create", email, "--password-stdin", "--staff", "--dev")
	v.open("/")
	if !webtest.Get(t, v.ctx, chromedp.Evaluate[bool](`(() => { const i = new Image(); i.src = "http://192.0.2.1:9/x?secret"; document.body.append(i); return true })()`)) {
		t.Fatal("nothing was planted")
	}
	v.open("/console/csp")
	v.wants("Sign in")
	v.send(`form[action="/account/login"]`, "email", email, "password", password)
	v.wants("Content security policy") // signing in leads back
	webtest.Eventually(func() bool {   // the browser reports when it likes, and the site writes every second
		v.open("/console/csp")
		return strings.Contains(v.text(), "http://192.0.2.1:9")
	})
	v.wants("Add https://192.0.2.1:9 to img-src")
	webtest.Run(t, v.ctx, chromedp.SetValue("textarea", "basic"))
	webtest.Follow(t, v.ctx, chromedp.Click("form button"))
	v.wants("The smallest change to your policy")
	if strings.Contains(v.text(), "secret") {
		t.Error("the page shows a query string")
	}
}

// app is a small site of somebody's own, with an inline script.
type app struct {
	marked atomic.Bool
	env    *manage.Env
	app    manage.App
	url    string
	served chan int
	stop   context.CancelFunc
}

func (a *app) page(w http.ResponseWriter, r *http.Request) {
	attribute := ""
	if a.marked.Load() {
		attribute = ` nonce="` + csp.Nonce(r.Context()) + `"`
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><title>Shop</title><p>Shop</p><script%s>window.basket = []</script>`, attribute)
}

// run runs a command of the app and returns what it wrote to standard output.
func (a *app) run(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	env := *a.env
	env.Args, env.Stdout, env.Stderr = args, &out, &errs
	if code := manage.Run(t.Context(), a.app, &env); code != 0 {
		t.Fatalf("%v: exit code %d\n%s%s", args, code, &out, &errs)
	}
	return out.String()
}

// serve starts the app; end ends it, which writes what was reported.
func (a *app) serve(t *testing.T) {
	t.Helper()
	listening := make(chan string, 1)
	env := *a.env
	env.Args = []string{"serve", "--dev", "--listen", "127.0.0.1:0"}
	env.Stdout, env.Stderr = &bytes.Buffer{}, &bytes.Buffer{}
	env.Listen = func(network, address string) (net.Listener, error) {
		l, err := net.Listen(network, address)
		if err == nil {
			listening <- fmt.Sprintf("http://localhost:%d", l.Addr().(*net.TCPAddr).Port)
		}
		return l, err
	}
	ctx, stop := context.WithCancel(t.Context())
	a.stop, a.served = stop, make(chan int, 1)
	go func() { a.served <- manage.Run(ctx, a.app, &env) }()
	select {
	case a.url = <-listening:
	case code := <-a.served:
		t.Fatalf("serve ended with %d: %s", code, env.Stderr)
	}
}

func (a *app) end(t *testing.T) {
	t.Helper()
	a.stop()
	if code := <-a.served; code != 0 {
		t.Fatalf("serve ended with %d", code)
	}
}

// A team has a site with an inline script and wants the strict policy: it tries
// it, is told what to change, changes it, and then nothing is reported.
func TestASiteAdoptsTheStrictPolicy(t *testing.T) {
	a := &app{}
	a.env = &manage.Env{
		Dir: t.TempDir(), Environ: []string{"MERLON_CSP=", "MERLON_CSP_REPORT_ONLY=strict"}, Stdin: strings.NewReader(""), Now: time.Now,
	}
	a.app = manage.App{Name: "shop", Handler: func(*merlon.Site) http.Handler { return http.HandlerFunc(a.page) }}
	ctx := webtest.Browser(t)
	visits := func(wanted int) (all []csp.Report) {
		a.serve(t)
		webtest.Run(t, ctx, chromedp.Navigate(a.url+"/shop"))
		webtest.Await(t, ctx, "window.basket")
		// One violation more, planted, to know that reports have come.
		webtest.Get(t, ctx, chromedp.Evaluate[bool](`(() => { const i = new Image(); i.src = "http://192.0.2.1:9/"; document.body.append(i); return true })()`))
		webtest.Eventually(func() bool {
			if err := json.Unmarshal([]byte(a.run(t, "csp", "reports", "--dev", "--format", "json")), &all); err != nil {
				t.Fatal(err)
			}
			return len(all) >= wanted
		})
		webtest.Run(t, ctx, chromedp.Navigate("about:blank"))
		a.end(t)
		return all
	}
	const script = "script-src-elem"
	tried := visits(2)
	if len(tried) != 2 || tried[1].Directive != script || tried[1].Enforced || tried[1].Route != "/shop" {
		t.Fatalf("reported: %+v", tried)
	}
	for args, wanted := range map[string]string{
		"csp suggest --dev":                              `the policy has a nonce; give this element nonce="{{nonce}}"`,
		"csp suggest --dev --policy basic":               "script-src  'nonce'  low risk",
		"csp suggest --dev --policy api --format header": "script-src 'nonce'",
	} {
		if out := a.run(t, strings.Fields(args)...); !strings.Contains(out, wanted) || strings.Contains(out, "unsafe-inline") {
			t.Errorf("%s lacks %q:\n%s", args, wanted, out)
		}
	}
	a.marked.Store(true)
	if err := os.Remove(a.env.Path("merlon-dev.db")); err != nil {
		t.Fatal(err)
	}
	if tried = visits(1); len(tried) != 1 || tried[0].Directive != "img-src" {
		t.Errorf("after the change: %+v", tried)
	}
	// Now it is enforced, and the page still works.
	a.env.Environ = []string{"MERLON_CSP=strict"}
	if err := os.Remove(a.env.Path("merlon-dev.db")); err != nil {
		t.Fatal(err)
	}
	if tried = visits(1); len(tried) != 1 || !tried[0].Enforced || tried[0].Directive != "img-src" {
		t.Errorf("enforced: %+v", tried)
	}
}
