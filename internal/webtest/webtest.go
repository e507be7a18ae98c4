// Package webtest tests the merlon program the way people use it: the real
// binary on a loopback port, and a real Chromium in front of it.
//
// Only tests import this package.
package webtest

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/merlon-go/merlon/internal/services"
)

// These bound what never happens on a machine that moves at all: the first
// build compiles SQLite, and everything may wait for a processor.
const (
	buildTimeout = 20 * time.Minute
	startTimeout = 5 * time.Minute
	stepTimeout  = 3 * time.Minute
)

var binary struct {
	sync.Once
	path string
	err  error
	out  []byte
}

// Binary builds cmd/merlon once a test binary and returns its path. It stays in
// the build cache's neighbourhood until the system clears temporary files.
func Binary(tb testing.TB) string {
	tb.Helper()
	binary.Do(func() {
		dir, err := os.MkdirTemp("", "merlon-bin-")
		if err != nil {
			binary.err = err
			return
		}
		binary.path = filepath.Join(dir, "merlon")
		ctx, cancel := context.WithTimeout(context.Background(), buildTimeout)
		defer cancel()
		cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", binary.path, "github.com/merlon-go/merlon/cmd/merlon")
		binary.out, binary.err = cmd.CombinedOutput()
	})
	if binary.err != nil {
		tb.Fatalf("building cmd/merlon: %v\n%s", binary.err, binary.out)
	}
	return binary.path
}

// A Server is a running merlon.
type Server struct {
	URL string // without a slash at the end
	Dir string // its working folder

	cmd  *exec.Cmd
	log  *log
	done chan error
}

// Output returns what the server has printed so far, both streams together.
func (s *Server) Output() string { return s.log.String() }

// Stop sends SIGTERM and returns how the server ended.
func (s *Server) Stop() error {
	s.cmd.Process.Signal(syscall.SIGTERM)
	err := <-s.done
	s.done <- err
	return err
}

// listening is how the program says where it listens: to people, or in its log.
var listening = regexp.MustCompile(`http://localhost:\d+|"address":"(127\.0\.0\.1:\d+)"`)

// Serve starts `merlon serve` with args in a fresh folder on a spare port and
// waits until it says where it listens. The environment is empty but for env.
func Serve(tb testing.TB, env []string, args ...string) *Server {
	tb.Helper()
	s := &Server{Dir: tb.TempDir(), log: new(log), done: make(chan error, 1)}
	s.cmd = exec.Command(Binary(tb), append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	s.cmd.Dir = s.Dir
	s.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.Dir}, env...)
	read, write := io.Pipe()
	s.cmd.Stdout = io.MultiWriter(s.log, write)
	s.cmd.Stderr = s.cmd.Stdout
	if err := s.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	go func() {
		s.done <- s.cmd.Wait()
		write.Close()
	}()
	tb.Cleanup(func() {
		s.Stop()
		if tb.Failed() {
			tb.Logf("merlon printed:\n%s", s.Output())
		}
	})
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(read)
		for lines.Scan() {
			m := listening.FindStringSubmatch(lines.Text())
			if m == nil {
				continue
			}
			u := m[0]
			if m[1] != "" {
				u = "http://" + m[1]
			}
			select {
			case found <- u:
			default:
			}
		}
		close(found)
		io.Copy(io.Discard, read) // a line too long for the scanner must not hold the program up
	}()
	select {
	case u, ok := <-found:
		if !ok {
			tb.Fatalf("merlon ended before it listened:\n%s", s.Output())
		}
		s.URL = u
	case <-time.After(startTimeout):
		tb.Fatalf("merlon does not say where it listens:\n%s", s.Output())
	}
	return s
}

// Browser starts a Chromium with a fresh profile and returns the context of its
// first tab; chromedp.NewContext on it opens another.
func Browser(tb testing.TB, options ...chromedp.ExecAllocatorOption) context.Context {
	tb.Helper()
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(services.Chromium(tb)),
		chromedp.UserDataDir(profile(tb)),
		chromedp.WSURLReadTimeout(startTimeout),
		chromedp.NoSandbox, // Chromium's sandbox does not start as root, which CI is
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-dev-shm-usage", true),
	)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), append(flags, options...)...)
	tb.Cleanup(cancel)
	ctx, cancelTab := chromedp.NewContext(ctx)
	tb.Cleanup(cancelTab)
	if err := chromedp.Do(ctx); err != nil {
		tb.Fatalf("starting Chromium: %v", err)
	}
	return ctx
}

// profile makes a folder for a Chromium, whose processes may outlive the first
// of them for a moment and write to it: what is not gone then is left to them,
// where a TempDir of the test would fail it.
func profile(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "merlon-chromium-")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		for range 10 {
			if os.RemoveAll(dir) == nil {
				return
			}
		}
	})
	return dir
}

// Run runs steps in the tab of ctx and ends the test if one fails.
func Run(tb testing.TB, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	tb.Helper()
	for i, step := range steps {
		limited, cancel := context.WithTimeout(ctx, stepTimeout)
		_, err := chromedp.Run(limited, step)
		cancel()
		if err != nil {
			tb.Fatalf("step %d: %v\n%s", i+1, err, look(ctx))
		}
	}
}

// Get returns what question answers in the tab of ctx, as in
// Get(t, ctx, chromedp.Title()).
func Get[T any](tb testing.TB, ctx context.Context, question chromedp.Action[T]) T {
	tb.Helper()
	limited, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	answer, err := chromedp.Run(limited, question)
	if err != nil {
		tb.Fatalf("%v\n%s", err, look(ctx))
	}
	return answer
}

// Await asks the page in the tab of ctx until condition, a JavaScript
// expression, is true: also across navigations, which end what was asked before.
func Await(tb testing.TB, ctx context.Context, condition string) {
	tb.Helper()
	limited, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	for limited.Err() == nil {
		if yes, err := chromedp.Run(limited, chromedp.Evaluate[bool]("Boolean("+condition+")")); err == nil && yes {
			return
		}
		chromedp.Run(limited, chromedp.Sleep(20*time.Millisecond))
	}
	tb.Fatalf("never true: %s\n%s", condition, look(ctx))
}

// Eventually asks until done says yes, with a pause between, for what a browser
// or a server does when it likes, and gives up when nobody would wait any more.
func Eventually(done func() bool) {
	deadline := time.Now().Add(stepTimeout)
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for !done() && time.Now().Before(deadline) {
		<-pause.C
	}
}

// Follow runs steps that lead to another page, such as a click on a link or a
// button, and waits until that page is there.
func Follow(tb testing.TB, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	tb.Helper()
	Get(tb, ctx, chromedp.Evaluate[bool](`window.leaving = true`))
	Run(tb, ctx, steps...)
	Await(tb, ctx, `window.leaving === undefined && document.readyState === "complete"`)
}

// look says where a tab is and what it shows.
func look(ctx context.Context) string {
	limited, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	where, _ := chromedp.Run(limited, chromedp.Location())
	body, _ := chromedp.Run(limited, chromedp.Text("body"))
	return "at " + where + ":\n" + strings.TrimSpace(body)
}

// log is a buffer that may be written and read at once.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
