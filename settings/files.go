package settings

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// readOptional reads a file of Source.Dir; one that is missing is empty.
func (l *loader) readOptional(name string) string {
	data, err := l.read(name, maxFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.fail("", name, "cannot be read: "+reason(err), err)
		return ""
	}
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		l.fail("", name, "UTF-16, as Windows writes it; save it as UTF-8", nil)
		return ""
	}
	return string(data)
}

// tooLarge is the error of a file with more bytes than that.
type tooLarge int64

func (limit tooLarge) Error() string { return "larger than " + FormatSize(int64(limit)) }

func (l *loader) read(name string, limit int) ([]byte, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(l.src.Dir, name)
	}
	readFile := l.src.ReadFile
	if readFile == nil {
		readFile = readLimited
	}
	data, err := readFile(name)
	if err == nil && len(data) > limit {
		return nil, tooLarge(limit)
	}
	return data, err
}

// reason says why a file could not be read without naming it: the name is a value.
func reason(err error) string {
	var number syscall.Errno
	var large tooLarge
	switch {
	case errors.Is(err, errPipe):
		return errPipe.Error()
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.As(err, &large):
		return large.Error()
	case errors.As(err, &number):
		return number.Error()
	}
	return "not readable"
}

// readLimited is os.ReadFile that does not follow /dev/zero to the end.
func readLimited(name string) ([]byte, error) {
	if info, err := os.Stat(name); err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		return readPipe(name)
	}
	return readStart(name)
}

func readStart(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

var errPipe = errors.New("a pipe that nobody writes to")

// readPipe reads a named pipe, as password managers make one for .env. To open
// it waits for the writer, which may never come.
func readPipe(name string) (data []byte, err error) {
	read := make(chan struct{})
	var text []byte
	var failed error
	go func() {
		text, failed = readStart(name)
		close(read)
	}()
	select {
	case <-read:
		return text, failed
	case <-time.After(5 * time.Second):
		return nil, errPipe
	}
}
