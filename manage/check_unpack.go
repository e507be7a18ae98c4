package manage

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/merlon-go/merlon/internal/git"
)

// An unpacker writes contents below a folder. After its first error it does
// nothing.
type unpacker struct {
	root *os.Root
	left int64
	err  error
}

// write makes the files of these names, which all have the content b.
func (u *unpacker) write(b git.Blob, names []string) {
	var first string
	for _, name := range names {
		if u.err != nil {
			return
		}
		name = filepath.FromSlash(name)
		var from io.Reader = bytes.NewReader(b.Text)
		if b.Large != nil {
			from = b.Large
			if first != "" {
				f, err := u.root.Open(first)
				if err != nil {
					u.err = err
					return
				}
				u.err = errors.Join(u.file(name, f), f.Close())
				continue
			}
		}
		u.err, first = u.file(name, from), name
	}
}

func (u *unpacker) file(name string, from io.Reader) error {
	if dir := filepath.Dir(name); dir != "." {
		if err := u.root.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	f, err := u.root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(from, u.left))
	if u.left -= n; u.left <= 0 && err == nil {
		err = errors.New("the commit holds more than 8 GiB")
	}
	return errors.Join(err, f.Close())
}
