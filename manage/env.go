package manage

import (
	"io"
	"net"
	"path/filepath"
	"strings"
	"time"
)

// Env is everything that a program takes from the machine it runs on. [Main]
// fills it from the process; a test fills it as it likes. Nothing else in this
// package reads the process's environment, arguments, clock or streams.
type Env struct {
	// Args are the arguments without the program's name.
	Args []string
	// Environ is the environment as os.Environ gives it.
	Environ []string
	// Dir is the working folder, where .env, merlon.toml and the database of
	// --dev are looked for; "" is the process's.
	Dir string
	// The standard streams, and whether each is a terminal.
	Stdin          io.Reader
	Stdout         io.Writer
	Stderr         io.Writer
	StdinTerminal  bool
	StdoutTerminal bool
	StderrTerminal bool
	// Columns is how wide the terminal of Stdout is, 0 if nobody knows.
	Columns int
	// ReadPassword reads a line from the terminal without showing it. It is
	// only called if StdinTerminal is set.
	ReadPassword func() (string, error)
	// Now is the clock and Rand the source of random bytes.
	Now  func() time.Time
	Rand io.Reader
	// Listen opens a listener; nil means net.Listen.
	Listen func(network, address string) (net.Listener, error)
	// TempDir is where large uploads are kept while they are read.
	TempDir string
	// Root says that the process runs as the superuser, GoVersion which
	// toolchain built it.
	Root      bool
	GoVersion string
}

// Getenv returns a variable of the environment, "" if it is not set. The last
// of several wins, as in a shell.
func (e *Env) Getenv(name string) string {
	for i := len(e.Environ) - 1; i >= 0; i-- {
		if key, value, ok := strings.Cut(e.Environ[i], "="); ok && key == name {
			return value
		}
	}
	return ""
}

// Path returns name as a path, relative names taken from e.Dir.
func (e *Env) Path(name string) string {
	if e.Dir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(e.Dir, name)
}

// color reports whether a stream is written with colours: it is a terminal
// that has them, and NO_COLOR (no-color.org) is not set.
func (e *Env) color(terminal bool) bool {
	return terminal && e.Getenv("NO_COLOR") == "" && e.Getenv("TERM") != "dumb"
}
