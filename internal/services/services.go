// Package services gives tests the real thing: a fresh PostgreSQL database, a
// Redis server, a Chromium.
//
// A server is taken from the environment (TEST_POSTGRES_URL, TEST_REDIS_URL: a
// superuser's URL, as `make test` sets them) or else started from Debian's
// packages on a spare loopback port, once a test binary. It stops with the
// binary, also when that is killed. Where neither can be had the test fails
// and says what to install: nothing is skipped silently.
//
// Only tests import this package.
package services

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A Process is a server that a test started and may stop, pause or kill.
type Process struct {
	Port int
	Dir  string

	cmd    *exec.Cmd
	output *bytes.Buffer
	done   chan struct{}
}

// Signal sends sig to the server: SIGSTOP hangs it, SIGCONT wakes it.
func (p *Process) Signal(sig syscall.Signal) error { return p.cmd.Process.Signal(sig) }

// Kill ends the server at once and waits until it is gone.
func (p *Process) Kill() {
	p.cmd.Process.Signal(syscall.SIGCONT)
	p.cmd.Process.Kill()
	<-p.done
}

// start runs a server as an unprivileged user if this is root, in a process
// that the kernel ends together with the test.
func start(dir, name string, args ...string) (*Process, error) {
	p := &Process{Dir: dir, output: new(bytes.Buffer), done: make(chan struct{})}
	p.cmd = exec.Command(name, args...)
	p.cmd.Dir = dir
	p.cmd.Stdout = p.output
	p.cmd.Stderr = p.output
	attr, err := unprivileged()
	if err != nil {
		return nil, err
	}
	p.cmd.SysProcAttr = attr
	started := make(chan error)
	go func() {
		// Pdeathsig follows the thread, so the thread must live as long as the server.
		runtime.LockOSThread()
		if err := p.cmd.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		p.cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	return p, nil
}

// await calls ready until it succeeds, the server ends or half a minute is over.
func (p *Process) await(ready func() error) error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := ready()
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("the server ended: %s", p.output)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			p.Kill()
			return fmt.Errorf("the server does not answer (%w): %s", err, p.output)
		}
	}
}

// unprivileged returns how to start a server that refuses to run as root.
func unprivileged() (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	uid, gid, err := servant()
	if err != nil {
		return nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uid, Gid: gid}
	return attr, nil
}

// servant returns the user that servers run as when the test is root.
func servant() (uid, gid uint32, err error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		id, err1 := strconv.ParseUint(u.Uid, 10, 32)
		group, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return uint32(id), uint32(group), nil
		}
	}
	return 0, 0, fmt.Errorf("no user postgres or nobody to run a server as")
}

// sweep removes dir once this process has ended, however it ended: a shell
// waits on a pipe that the kernel closes with us.
func sweep(dir string) error {
	cmd := exec.Command("sh", "-c", `cat >/dev/null; sleep 1; rm -rf -- "$0"`, dir) //merlon:ignore command-injection -- the script is constant, and the folder its $0
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	pipe, err := cmd.StdinPipe() // never closed by us
	if err != nil {
		return err
	}
	pipes.Store(dir, pipe)
	return cmd.Start()
}

// pipes keeps the pipes of sweep reachable: the garbage collector closes a file
// that nobody holds, and the folder would go while its server runs.
var pipes sync.Map

// folder makes a folder that the server's user owns. Its name is short because
// the paths of Unix sockets have to be.
func folder() (string, error) {
	dir, err := os.MkdirTemp("", "merlon-test-")
	if err != nil {
		return "", err
	}
	if os.Geteuid() == 0 {
		uid, gid, err := servant()
		if err != nil {
			return "", err
		}
		if err := os.Chown(dir, int(uid), int(gid)); err != nil {
			return "", err
		}
	}
	return dir, sweep(dir)
}

// sparePort returns a loopback port that was free a moment ago.
func sparePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// find returns the first program of names that is on PATH or in one of the
// folders matched by globs, newest version first.
func find(globs []string, names ...string) (string, bool) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
		for _, glob := range globs {
			paths, _ := filepath.Glob(filepath.Join(glob, name))
			slices.Sort(paths)
			if len(paths) > 0 {
				return paths[len(paths)-1], true
			}
		}
	}
	return "", false
}

// once starts one server for the whole test binary.
type once struct {
	sync.Once
	url string
	err error
}

// Chromium returns the path of a Chromium or Chrome.
func Chromium(tb testing.TB) string {
	tb.Helper()
	path, ok := find(nil, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
	if !ok {
		tb.Fatal("no Chromium found; hint: apt-get install chromium, or run make test, which does")
	}
	return path
}
