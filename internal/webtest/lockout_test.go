package webtest_test

import (
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/internal/webtest"
)

// A client is a browser behind the trusted proxy: it keeps cookies, which go to
// every node.
type client struct {
	t       *testing.T
	address string
	cookies map[string]string
}

func newClient(t *testing.T, address string) *client {
	return &client{t: t, address: address, cookies: map[string]string{}}
}

func (c *client) do(s *webtest.Server, method, path, body string) (*http.Response, string) {
	c.t.Helper()
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Host = "www.example.com"
	r.Header.Set("X-Forwarded-For", c.address)
	r.Header.Set("X-Forwarded-Proto", "https")
	if method == http.MethodPost {
		r.Header.Set("Origin", "https://www.example.com")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range c.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, cookie := range response.Cookies() {
		if c.cookies[cookie.Name] = cookie.Value; cookie.MaxAge < 0 {
			delete(c.cookies, cookie.Name)
		}
	}
	return response, string(page)
}

var csrfField = regexp.MustCompile(`name="csrf_token" value="([^"]+)"`)

// signIn takes the form from one node and sends it to another.
func (c *client) signIn(from, to *webtest.Server, password string) *http.Response {
	c.t.Helper()
	delete(c.cookies, "__Host-session") // whoever is signed in is not asked again
	_, page := c.do(from, http.MethodGet, "/account/login", "")
	token := csrfField.FindStringSubmatch(page)
	if token == nil {
		c.t.Fatalf("no form:\n%s", page)
	}
	form := url.Values{"email": {email}, "password": {password}, "csrf_token": {token[1]}}
	response, _ := c.do(to, http.MethodPost, "/account/login", form.Encode())
	return response
}

// TestTwoNodesHoldOneLockoutTogether: five failures lock, on whichever node they
// are made; the browser that signed in before still gets in; where the counts
// are kept, and that goes away, nobody is let in unseen.
func TestTwoNodesHoldOneLockoutTogether(t *testing.T) {
	for _, store := range []string{"sql", "redis"} {
		t.Run(store, func(t *testing.T) {
			redisURL, redis := services.OwnRedis(t, "--maxmemory", "100mb", "--maxmemory-policy", map[string]string{"sql": "noeviction", "redis": "allkeys-lru"}[store])
			env := []string{
				"MERLON_SECRET_KEY=Zx8-3kQmT1vW6yR0bN5cJ7hL2pD9sF4gA_eUiOaXwVq",
				"MERLON_ALLOWED_HOSTS=www.example.com",
				"MERLON_TRUSTED_PROXIES=loopback",
				"MERLON_RATE_LIMITS=login: POST /account/login by network 1000/m",
				"MERLON_LOCKOUT_STORE=" + store,
				"MERLON_LOCKOUT_PARAMETERS=user",
				"MERLON_LOCKOUT_FAILURE_LIMIT=2", // before the wait between attempts begins
				"DATABASE_URL=" + services.Postgres(t),
				"REDIS_URL=" + redisURL,
				"MERLON_REDIS_TIMEOUT=20s", // this is about counting, on however slow a machine
				"MERLON_DRAIN_DELAY=0",
			}
			first := webtest.Serve(t, env, "--migrate")
			second := webtest.Serve(t, env)
			merlon := func(stdin string, args ...string) string {
				t.Helper()
				cmd := exec.Command(webtest.Binary(t), args...)
				cmd.Dir, cmd.Env, cmd.Stdin = first.Dir, env, strings.NewReader(stdin)
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("merlon %s: %v\n%s", strings.Join(args, " "), err, out)
				}
				return string(out)
			}
			want := func(response *http.Response, status int) {
				t.Helper()
				if response.StatusCode != status || (status == 429 || status == 503) != (response.Header.Get("Retry-After") != "") {
					t.Fatalf("%d, Retry-After %q, want %d", response.StatusCode, response.Header.Get("Retry-After"), status)
				}
			}
			if warned := strings.Contains(first.Output(), "maxmemory-policy noeviction"); warned != (store == "redis") {
				t.Errorf("warned %t:\n%s", warned, first.Output())
			}
			merlon(password+"\n", "user", "create", email, "--password-stdin")
			owner, stranger := newClient(t, "192.0.2.1"), newClient(t, "203.0.113.66")
			want(owner.signIn(first, second, password), 303)
			want(stranger.signIn(second, first, "wrong horse"), 422)
			want(stranger.signIn(first, second, "wrong horse"), 429)
			for _, node := range []*webtest.Server{first, second} {
				want(newClient(t, "198.51.100.3").signIn(node, node, password), 429)
				want(owner.signIn(node, node, password), 303) // its cookie was made by the other node, too
			}
			if list := merlon("", "lockout", "list"); !strings.Contains(list, email) {
				t.Errorf("the command looks elsewhere:\n%s", list)
			}
			merlon("", "user", "unlock", email)
			want(stranger.signIn(first, second, password), 303)

			redis.Kill()
			status := map[string]int{"sql": 303, "redis": 503}[store]
			for range 3 {
				want(owner.signIn(first, second, password), status)
				want(newClient(t, "198.51.100.4").signIn(second, first, password), status)
			}
			services.RedisOn(t, redis.Port)
			deadline := time.Now().Add(5 * time.Minute)
			for newClient(t, "198.51.100.5").signIn(first, second, password).StatusCode != 303 {
				if time.Now().After(deadline) {
					t.Fatal("nobody gets in after Redis came back")
				}
			}
		})
	}
}

// Somebody locks the account from another browser of the same network; the
// browser that knows it still signs in, and others are told what helps.
func TestABrowserThatIsKnownSignsInToALockedAccount(t *testing.T) {
	v := &visitor{t: t, server: webtest.Serve(t, []string{"MERLON_LOCKOUT_FAILURE_LIMIT=2"}, "--dev"), ctx: webtest.Browser(t)}
	v.signUp()
	v.signIn(password)
	v.open("/account/logout")
	v.send(`form[action="/account/logout"]`)
	stranger := &visitor{t: t, server: v.server, ctx: webtest.Browser(t)}
	stranger.signIn("wrong horse")
	stranger.signIn("wrong horse")
	stranger.wants("Too many attempts")
	stranger.signIn(password)
	stranger.wants("Too many attempts")
	v.signIn(password)
	v.wants("Signed in as")
	stranger.wants("Get a link that lets you in")
}
