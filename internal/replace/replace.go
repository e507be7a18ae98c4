// Package replace writes a file whole or not at all.
//
// It serves against what an interrupt, a full disk or a second program leaves
// behind: half a report that a pipeline reads as a whole one, half a .env.
//
//	err := replace.File("report.html", 0o644, func(w *os.File) error { return write(w) })
//
// # What it does not do
//
// It does not wait until the disk has the file: write calls Sync where that
// matters. It does not keep owner and extended attributes of the file replaced.
package replace

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// File calls write with a new file and puts that in the place of name when
// write has returned nil; else name is as it was. A file that is replaced keeps
// its mode unless write changes it; mode, less the umask, is that of a new one. A link is followed. What
// is no regular file, such as /dev/stdout, and a file in a folder that cannot be
// written to, is written in place, since there is no other way.
func File(name string, mode fs.FileMode, write func(*os.File) error) error {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	info, err := os.Stat(name)
	there := err == nil
	if there && !info.Mode().IsRegular() {
		return inPlace(name, write)
	}
	beside := name + ".new-" + rand.Text()[:10]
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		if there && errors.Is(err, fs.ErrPermission) {
			return inPlace(name, write)
		}
		return err
	}
	if there {
		err = f.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = write(f)
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(beside, name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(beside))
	}
	return nil
}

// Possible reports, with the error that [File] would give, whether the file could
// be written: who works long for its content asks first.
func Possible(name string) error {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	if info, err := os.Stat(name); err == nil {
		switch {
		case info.IsDir():
			return &fs.PathError{Op: "open", Path: name, Err: syscall.EISDIR}
		case !info.Mode().IsRegular():
			return nil // to open a pipe may wait for its reader
		}
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return f.Close()
	}
	beside := name + ".new-" + rand.Text()[:10]
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(beside))
}

func inPlace(name string, write func(*os.File) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
