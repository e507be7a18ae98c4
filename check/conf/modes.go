package conf

import (
	"errors"
	"io/fs"

	"github.com/merlon-go/merlon/check"
)

// The permissions of others than the owner.
const (
	othersRead  = 0o044
	othersWrite = 0o022
	strangers   = 0o007 // everybody but owner and group
)

// mode returns the permissions of a file. ok is false if there is no such
// file, or if they could not be read, which is then noted.
func (l *look) mode(name string) (mode fs.FileMode, ok bool) {
	info, err := l.Info(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, false
	case err != nil:
		l.cannot(check.Place{File: name}, "its permissions cannot be read")
		return 0, false
	}
	return info.Mode().Perm(), info.Mode().IsRegular()
}

// inFile notes a finding about a whole file, whose text is not shown.
func (l *look) inFile(name, title string) *check.Finding {
	l.found = append(l.found, check.Finding{Title: title, Place: check.Place{File: name, NoFrame: true}, Key: "mode"})
	return &l.found[len(l.found)-1]
}
