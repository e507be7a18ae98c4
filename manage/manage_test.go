package manage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/manage"
	"github.com/merlon-go/merlon/settings"
)

const goodKey = "hR7mQ0vZ3kXw9TfB2nLdYc5sJpA8eGuI1oVx6KzNq4M"

// A session is one program in one folder.
type session struct {
	t    *testing.T
	app  manage.App
	env  manage.Env
	dir  string
	vars []string
}

func newSession(t *testing.T, app manage.App, vars ...string) *session {
	return &session{t: t, app: app, dir: t.TempDir(), vars: append([]string{"MERLON_SECRET_KEY=" + goodKey, "MERLON_ALLOWED_HOSTS=www.example.com"}, vars...)}
}

// run runs a command and returns its exit code and what it wrote.
func (s *session) run(args ...string) (code int, stdout, stderr string) {
	s.t.Helper()
	var out, errs bytes.Buffer
	env := s.env
	env.Args, env.Environ, env.Dir = args, s.vars, s.dir
	env.Stdout, env.Stderr = &out, &errs
	if env.Stdin == nil {
		env.Stdin = strings.NewReader("")
	}
	if env.Now == nil {
		env.Now = time.Now
	}
	code = manage.Run(s.t.Context(), s.app, &env)
	return code, out.String(), errs.String()
}

func (s *session) must(args ...string) string {
	s.t.Helper()
	code, out, errs := s.run(args...)
	if code != 0 {
		s.t.Fatalf("%v: exit code %d\n%s%s", args, code, out, errs)
	}
	return out
}

// TestPasswordIsAskedForTwiceAndNotShown: at a terminal.
func TestPasswordIsAskedForTwiceAndNotShown(t *testing.T) {
	answers := func(all ...string) func() (string, error) {
		return func() (string, error) {
			if len(all) == 0 {
				return "", errors.New("interrupted")
			}
			var next string
			next, all = all[0], all[1:]
			return next, nil
		}
	}
	s := newSession(t, manage.App{})
	s.must("migrate")
	s.env.StdinTerminal = true
	for _, c := range []struct {
		answers []string
		code    int
		text    string
	}{
		{[]string{"correct horse battery staple", "correct horse battery stable"}, 1, "the two passwords differ"},
		{[]string{"", ""}, 1, "no password was given"},
		{nil, 1, "interrupted"},
		{[]string{"correct horse battery staple", "correct horse battery staple"}, 0, "Password: \nAgain: \n"},
	} {
		s.env.ReadPassword = answers(c.answers...)
		code, out, errs := s.run("user", "create", "ann@example.com")
		if code != c.code || !strings.Contains(errs, c.text) || strings.Contains(out+errs, "battery") {
			t.Errorf("%v: code %d, %q %q", c.answers, code, out, errs)
		}
	}
}

func TestColoursOnTerminalsOnlyAndNeverWithNoColor(t *testing.T) {
	for _, c := range []struct {
		terminal bool
		vars     []string
		want     bool
	}{
		{true, nil, true},
		{false, nil, false},
		{true, []string{"NO_COLOR=1"}, false},
		{true, []string{"NO_COLOR="}, true}, // no-color.org: present and not empty
		{true, []string{"TERM=dumb"}, false},
	} {
		s := newSession(t, manage.App{}, c.vars...)
		s.env.StdoutTerminal = c.terminal
		_, out, _ := s.run("check", "--deploy")
		if got := strings.Contains(out, "\x1b["); got != c.want {
			t.Errorf("terminal %v, %v: colour %v", c.terminal, c.vars, got)
		}
	}
}

// TestProgressShowsAfterAMoment on a terminal, and leaves no trace.
func TestProgressShowsAfterAMoment(t *testing.T) {
	var mu sync.Mutex
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(200 * time.Millisecond)
		return now
	}
	s := newSession(t, manage.App{})
	s.env.Now = clock
	if _, _, errs := s.run("check"); errs != "" {
		t.Errorf("without a terminal: %q", errs)
	}
	s.env.StderrTerminal = true
	if _, _, errs := s.run("check"); !strings.Contains(errs, " of ") || !strings.HasSuffix(errs, "\r\x1b[K") {
		t.Errorf("with a terminal: %q", errs)
	}
}

// TestProgramAddsItsOwn commands, checks and settings.
func TestProgramAddsItsOwn(t *testing.T) {
	var greeting string
	s := newSession(t, manage.App{
		Name: "shop", Version: "9.9",
		Extra: []settings.Setting{settings.Text("GREETING", &greeting, "hello", "What to say.")},
		Rules: []check.Rule{{
			ID: "shop-closed", Title: "The shop is closed", Level: check.Error, Tags: []string{"shop"}, Why: "Nobody can buy.", Fix: "Open it.",
			Run: func(context.Context, *check.Target) ([]check.Finding, error) { return []check.Finding{{}}, nil },
		}},
		Commands: []func(*manage.Program) *cobra.Command{
			func(p *manage.Program) *cobra.Command {
				return &cobra.Command{Use: "greet", Short: "Greet", RunE: func(cmd *cobra.Command, _ []string) error {
					set, err := p.Load(false, nil)
					if err != nil {
						return err
					}
					cmd.Println(greeting, set.Hosts.Allowed[0])
					return nil
				}}
			},
			func(*manage.Program) *cobra.Command {
				return &cobra.Command{Use: "version", Short: "Own version", RunE: func(cmd *cobra.Command, _ []string) error {
					cmd.Print("own")
					return nil
				}}
			},
		},
	}, "MERLON_GREETING=good day")
	if out := s.must("greet"); !strings.Contains(out, "good day www.example.com") {
		t.Error(out)
	}
	if _, out, errs := s.run("version"); out+errs != "own" {
		t.Error(out, errs)
	}
	if code, out, _ := s.run("check"); code != manage.ExitFindings || !strings.Contains(out, "[shop-closed]") {
		t.Error(code, out)
	}
	if code, out, errs := s.run("serve"); code != manage.ExitFindings || out != "" || !strings.Contains(errs, "shop: not started") {
		t.Error(code, errs)
	}
	if out := s.must("explain", "shop-closed"); !strings.Contains(out, "Nobody can buy.") {
		t.Error(out)
	}
	if out := s.must("help"); !strings.Contains(out, "greet  ") || !strings.Contains(out, "shop COMMAND") {
		t.Error(out)
	}
}

func TestCheckLooksAtTheProgramsPages(t *testing.T) {
	s := newSession(t, manage.App{Handler: func(*merlon.Site) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Frame-Options", "ALLOWALL") })
	}})
	if code, out, _ := s.run("check", "--fail-level", "warning"); code != manage.ExitFindings || !strings.Contains(out, "A handler weakens X-Frame-Options") {
		t.Error(code, out)
	}
	s.app.Handler = func(*merlon.Site) http.Handler { panic("no database") }
	if code, out, _ := s.run("check"); code != manage.ExitFindings || !strings.Contains(out, "the program's handler cannot be made: no database") {
		t.Error(code, out)
	}
}

func TestCheckSeesTheFilesOfSecrets(t *testing.T) {
	s := newSession(t, manage.App{})
	key := filepath.Join(s.dir, "key")
	if err := os.WriteFile(key, []byte(goodKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	s.vars = []string{"MERLON_SECRET_KEY_FILE=" + key, "MERLON_ALLOWED_HOSTS=www.example.com"}
	if _, out, _ := s.run("check"); !strings.Contains(out, "[secret-file-readable]") {
		t.Error(out)
	}
	// The same by .env.
	s.vars = []string{"MERLON_ALLOWED_HOSTS=www.example.com"}
	if err := os.WriteFile(filepath.Join(s.dir, ".env"), []byte("# keys\nMERLON_SECRET_KEY_FILE=key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, out, _ := s.run("check"); !strings.Contains(out, "[secret-file-readable]") {
		t.Error(out)
	}
}

// TestServeEndsInOrder serves in this process until its context ends.
func TestServeEndsInOrder(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	up := make(chan net.Addr, 1)
	var mu sync.Mutex
	var errs bytes.Buffer
	env := manage.Env{
		Args: []string{"serve", "--dev", "--listen", fmt.Sprintf("127.0.0.1:%d", services.Port(t))}, Environ: []string{}, Dir: t.TempDir(),
		Stdin: strings.NewReader(""), Stdout: lockedWriter{&mu, &errs}, Stderr: lockedWriter{&mu, &errs}, Now: time.Now,
		Listen: func(network, address string) (net.Listener, error) {
			var config net.ListenConfig
			l, err := config.Listen(ctx, network, address)
			if err == nil {
				up <- l.Addr()
			}
			return l, err
		},
	}
	ended := make(chan int, 1)
	go func() { ended <- manage.Run(ctx, manage.App{}, &env) }()
	url := ""
	select {
	case address := <-up:
		url = "http://" + address.String() + "/-/health/live"
	case code := <-ended:
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	response, err := http.Get(url) // the listener is there, so this waits until it is served
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatal(response, err)
	}
	response.Body.Close()
	stop()
	if code := <-ended; code != manage.ExitOK {
		mu.Lock()
		defer mu.Unlock()
		t.Errorf("exit code %d: %s", code, errs.String())
	}
	if _, err := http.Get(url); err == nil {
		t.Error("it still answers")
	}
}

type lockedWriter struct {
	mu *sync.Mutex
	b  *bytes.Buffer
}

func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

// TestPostgresIsMigratedWhenSomebodySaysSo: several nodes start at once.
func TestPostgresIsMigratedWhenSomebodySaysSo(t *testing.T) {
	s := newSession(t, manage.App{}, "DATABASE_URL="+services.Postgres(t), "MERLON_LISTEN=127.0.0.1:0")
	code, _, errs := s.run("serve")
	if code != manage.ExitFailed || !strings.Contains(errs, "merlon: the database has not been migrated\nhint: run \"merlon migrate\"") {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if out := s.must("migrate", "--plan"); !strings.Contains(out, "pending  0001_accounts") {
		t.Error(out)
	}
	s.must("migrate")
	s.must("user", "create", "ann@example.com", "--no-password")
	if out := s.must("user", "list"); !strings.Contains(out, "ann@example.com") {
		t.Error(out)
	}
	if out := s.must("audit", "verify"); !strings.Contains(out, "whole up to record 1") {
		t.Error(out)
	}
}

// TestNoCommandShowsASecret runs what prints settings with canaries in all of them.
func TestNoCommandShowsASecret(t *testing.T) {
	s := newSession(t, manage.App{}, "MERLON_SECRET_KEY=hunter2hunter2hunter2hunter2hunter2hunter2hunter2", "MERLON_SECRET_KEY_FALLBACKS=hunter2",
		"DATABASE_URL=postgres://u:hunter2@127.0.0.1:1/m", "REDIS_URL=redis://:hunter2@127.0.0.1:1", "MERLON_EMAIL_URL=smtp://u:hunter2@127.0.0.1:1?tls=none")
	for _, args := range [][]string{
		{"settings"}, {"settings", "--format", "json"}, {"check", "--deploy", "--verbose"}, {"check", "--deploy", "--format", "json"}, {"check", "--deploy", "--format", "html"},
		{"migrate"}, {"serve"}, {"user", "list"}, {"audit", "verify"}, {"secret", "rotate"},
	} {
		if _, out, errs := s.run(args...); strings.Contains(out+errs, "hunter2") {
			t.Errorf("%v shows a secret: %s%s", args, out, errs)
		}
	}
}

func TestErrorsAreOneLineEach(t *testing.T) {
	s := newSession(t, manage.App{})
	_, _, errs := s.run("user", "show", "a\nmerlon: forged\x1b[2J")
	if strings.Contains(errs, "\x1b") || strings.Count(errs, "\nmerlon:") > 0 {
		t.Errorf("%q", errs)
	}
}

// A program's own way of composing the site holds for every command.
func TestComposeIsAsked(t *testing.T) {
	asked := 0
	s := newSession(t, manage.App{Compose: func(c *merlon.Config) {
		asked++
		c.SiteName = "Walls"
	}})
	s.must("migrate")
	s.must("user", "list")
	s.must("lockout", "list")
	if code, out, _ := s.run("check"); asked != 3 || code != 0 && code != 3 {
		t.Errorf("asked %d times, exit code %d\n%s", asked, code, out)
	}
}
