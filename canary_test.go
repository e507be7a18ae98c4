package merlon_test

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/settings"
)

var (
	tokenField = regexp.MustCompile(`name="csrf_token" value="([^"]+)"`)
	mailPage   = regexp.MustCompile(`href="(/-/dev/mail/[^"]+)"`)
	mailLink   = regexp.MustCompile(`href="https?://[^"/]+(/account/[^"]+token=([^"&]+))"`)
)

// person drives a site over HTTP as a browser without scripts would.
type person struct {
	t      *testing.T
	base   string
	client *http.Client
	seen   []string // the cookies and tokens that the site handed out
}

func newPerson(t *testing.T, base string) *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t: t, base: base, client: &http.Client{Jar: jar}}
}

func (p *person) get(path string) string {
	p.t.Helper()
	res, err := p.client.Get(p.base + path)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.read(res)
}

func (p *person) read(res *http.Response) string {
	p.t.Helper()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if where, err := url.Parse(p.base); err == nil {
		for _, c := range p.client.Jar.Cookies(where) {
			p.seen = append(p.seen, c.Value)
		}
	}
	return string(body)
}

// post opens the page, fills its form and sends it to the page's path.
func (p *person) post(path string, fields ...string) string {
	p.t.Helper()
	form := url.Values{}
	if m := tokenField.FindStringSubmatch(p.get(path)); m != nil {
		form.Set("csrf_token", m[1])
		p.seen = append(p.seen, m[1])
	}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	where, _, _ := strings.Cut(path, "?")
	req, err := http.NewRequest("POST", p.base+where, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", p.base)
	res, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.read(res)
}

// confirm follows the link of the newest mail.
func (p *person) confirm() string {
	p.t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); {
		page := mailPage.FindStringSubmatch(p.get("/-/dev/mail"))
		if page == nil {
			continue // mail is sent after the answer
		}
		link := mailLink.FindStringSubmatch(p.get(page[1]))
		if link == nil {
			p.t.Fatal("the mail holds no link")
		}
		p.seen = append(p.seen, link[2])
		return p.post(link[1], "token", link[2])
	}
	p.t.Fatal("no mail came")
	return ""
}

// lines is a log that may be written and read at once.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// develop starts a site as `serve --dev` would, with its log in w.
func develop(t *testing.T, handler slog.Handler, key string) string {
	t.Helper()
	port := strconv.Itoa(services.Port(t))
	base := "http://localhost:" + port
	set, err := settings.Load(settings.Source{Dir: t.TempDir(), Dev: true, Environ: []string{
		"MERLON_SECRET_KEY=" + key, "MERLON_PUBLIC_URL=" + base, "MERLON_EMAIL_URL=memory:", "MERLON_LISTEN=127.0.0.1:" + port,
	}})
	if err != nil {
		t.Fatal(err)
	}
	site := compose(t, merlon.Config{Settings: set, Logger: slog.New(handler)})
	ctx, done := t.Context(), make(chan error, 1)
	go func() {
		defer close(done)
		done <- site.ListenAndServe(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/panic" {
				panic("a page broke")
			}
			io.WriteString(w, "hello")
		}))
	}()
	t.Cleanup(func() { <-done })
	for {
		if conn, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			conn.Close()
			return base
		}
		select {
		case err := <-done:
			t.Fatal(err)
		default:
		}
	}
}

// TestCanaryNoSecretReachesAnyLog walks through everything that handles a
// secret, right and wrong, and looks for each of them in all that the site
// wrote, at the most talkative level.
func TestCanaryNoSecretReachesAnyLog(t *testing.T) {
	const (
		first  = "canary one towers in the rain"
		second = "canary two walls under the sun"
		wrong  = "canary three not it at all"
		key    = "canary-key-Zx8-3kQmT1vW6yR0bN5cJ7hL2pD9sF4gA"
	)
	for name, make := range map[string]func(io.Writer, slog.Leveler) slog.Handler{"json": audit.NewJSONHandler, "text": audit.NewTextHandler} {
		t.Run(name, func(t *testing.T) {
			log := new(lines)
			p := newPerson(t, develop(t, make(log, slog.Level(-8)), key))
			p.post("/account/signup", "email", "ann@example.com", "password", first)
			p.confirm()
			p.post("/account/login", "email", "ann@example.com", "password", wrong)
			if page := p.post("/account/login", "email", "ann@example.com", "password", first); !strings.Contains(page, "Sign out") {
				t.Fatalf("signing in failed:\n%s", page)
			}
			p.post("/account/password/change", "password", wrong, "new_password", second)
			p.post("/account/password/change", "password", first, "new_password", second)
			p.get("/panic?password=" + url.QueryEscape(first))
			p.post("/account/login?token=canary-query", "csrf_token", "canary-forged", "email", "ann@example.com", "password", wrong)
			p.post("/account/logout")

			secrets := append(p.seen, first, second, wrong, key, "canary-forged", "canary-query", "argon2id$")
			for _, secret := range secrets {
				for _, spelling := range []string{secret, url.QueryEscape(secret)} {
					if len(spelling) > 6 && strings.Contains(log.String(), spelling) {
						t.Errorf("the log holds %q", spelling)
					}
				}
			}
			if len(p.seen) < 10 {
				t.Errorf("only %d cookies and tokens were seen: the walk is broken", len(p.seen))
			}
			for _, event := range []string{"authn_login_success", "authn_login_fail", "authn_password_change", "session_created", "malicious_csrf"} {
				if !strings.Contains(log.String(), event) {
					t.Errorf("the log has no %s", event)
				}
			}
			if t.Failed() {
				t.Log(log.String())
			}
		})
	}
}
