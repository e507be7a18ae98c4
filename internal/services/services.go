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

// Signal sends sig to the server: SIGSTOP hangs it, and has done so when Signal
// returns; SIGCONT wakes it.
func (p *Process) Signal(sig syscall.Signal) error {
	if err := p.cmd.Process.Signal(sig); err != nil || sig != syscall.SIGSTOP {
		return err
	}
	for { // on another core it may run on for a moment
		if _, err := syscall.Wait4(p.cmd.Process.Pid, nil, syscall.WUNTRACED, nil); err != syscall.EINTR {
			return err
		}
	}
}

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

// A machine under load, with a slow disk, takes its time: patience bounds what
// never happens otherwise, and probe one question to a server.
const (
	patience = 3 * time.Minute
	probe    = 20 * time.Second
)

// await calls ready until it succeeds, the server ends or patience does.
func (p *Process) await(ready func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := ready()
		select {
		case <-p.done: // who answered was somebody else
			return fmt.Errorf("the server ended: %s", p.output)
		default:
		}
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
	if err := give(dir); err != nil {
		return "", err
	}
	return dir, sweep(dir)
}

// give makes a file or folder of ours the servers'.
func give(name string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid, err := servant()
	if err != nil {
		return err
	}
	return os.Chown(name, int(uid), int(gid))
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
