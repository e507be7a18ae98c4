package manage

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/term"
)

// Main runs the command that the program was called with and exits. It is the
// only function of this package that touches the process: everything below
// takes an [Env].
//
// The first interrupt lets a command end in order; the second ends the process
// at once.
func Main(app App) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // from here on the default action applies again
	}()
	os.Exit(Run(ctx, app, Process()))
}

// Process returns the Env of this process.
func Process() *Env {
	stdin := int(os.Stdin.Fd())
	columns, _, _ := term.GetSize(int(os.Stdout.Fd())) // 0 where there is no terminal
	return &Env{
		Args:           os.Args[1:],
		Environ:        os.Environ(),
		Stdin:          os.Stdin,
		Stdout:         os.Stdout,
		Stderr:         os.Stderr,
		StdinTerminal:  term.IsTerminal(stdin),
		StdoutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		StderrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		Columns:        columns,
		ReadPassword:   func() (string, error) { return readPassword(stdin) },
		Now:            time.Now,
		Rand:           rand.Reader,
		TempDir:        os.TempDir(),
		Root:           os.Geteuid() == 0,
		GoVersion:      runtime.Version(),
	}
}

// readPassword reads a line that the terminal does not show. An interrupt ends
// it with the terminal as it was: one that shows nothing is of no use.
func readPassword(terminal int) (string, error) {
	before, err := term.GetState(terminal)
	if err != nil {
		return "", err
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupted)
	type line struct {
		text []byte
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := term.ReadPassword(terminal)
		read <- line{text, err}
	}()
	select {
	case l := <-read:
		return string(l.text), l.err
	case <-interrupted:
		return "", errors.Join(errors.New("interrupted"), term.Restore(terminal, before))
	}
}
