package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	driversqlite "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/merlon-go/merlon/safesql"
	"github.com/merlon-go/merlon/store"
)

// translate gives the errors of constraints the names that every store uses.
func translate(err error) error {
	var e *driversqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY:
		return fmt.Errorf("%w: %w", safesql.ErrUnique, err)
	case lib.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fmt.Errorf("%w: %w", safesql.ErrReference, err)
	}
	return err
}

// explain turns an error of opening or migrating the file into one line and a
// hint. Nil and errors that are explained already come back as they are.
func explain(path string, err error) error {
	var explained *store.Error
	if err == nil || errors.As(err, &explained) {
		return err
	}
	problem := func(what, hint string) error {
		return &store.Error{Problem: "sqlite: " + path + " " + what, Hint: hint, Err: err}
	}
	var e *driversqlite.Error
	switch {
	case errors.As(err, &e):
		switch e.Code() & 0xff {
		case lib.SQLITE_NOTADB:
			return problem("is not a database", "set DATABASE_URL to another file, or restore a backup")
		case lib.SQLITE_CORRUPT:
			return problem("is damaged", "restore a backup")
		case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
			return problem("is locked by another process", "wait for it, or stop it")
		case lib.SQLITE_READONLY:
			return problem("cannot be written", "the file, its folder and the -wal and -shm files must be writable by this user")
		case lib.SQLITE_CANTOPEN, lib.SQLITE_PERM:
			return problem("cannot be opened", "the file and its folder must be writable by this user")
		case lib.SQLITE_FULL:
			return problem("has no room", "free space on the disk; nothing that was acknowledged is lost")
		case lib.SQLITE_IOERR:
			return problem("cannot be read or written", "check the disk")
		}
	case errors.Is(err, syscall.EROFS):
		return problem("is on a read-only file system", "set DATABASE_URL")
	case errors.Is(err, fs.ErrPermission):
		return problem("cannot be opened", "the file and its folder must be writable by this user")
	case errors.Is(err, syscall.EISDIR):
		return problem("is a folder", "set DATABASE_URL to a file in it")
	}
	return fmt.Errorf("sqlite: %s: %w", path, err)
}
