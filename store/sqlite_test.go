package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/merlon-go/merlon/store/sqlite"
)

func TestSQLiteSaysWhatIsWrong(t *testing.T) {
	at := func(name string, prepare func(path string) error) string {
		path := filepath.Join(t.TempDir(), name)
		if prepare != nil {
			if err := prepare(path); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	good := at("good.db", nil)
	db, err := sqlite.Open(t.Context(), good, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	db.Close()
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ path, problem string }{
		"missing folder":  {filepath.Join(t.TempDir(), "no", "such", "merlon.db"), "does not exist"},
		"folder":          {at("dir", func(p string) error { return os.Mkdir(p, 0o755) }), "is a folder"},
		"file for folder": {filepath.Join(at("f", func(p string) error { return os.WriteFile(p, nil, 0o600) }), "merlon.db"), "is not a folder"},
		"text":            {at("t", func(p string) error { return os.WriteFile(p, []byte(strings.Repeat("hello world\n", 100)), 0o600) }), "is not a database"},
		"garbage":         {at("g", func(p string) error { return os.WriteFile(p, []byte(strings.Repeat("\x00\xff\x17", 5000)), 0o600) }), "is not a database"},
		"truncated":       {at("c", func(p string) error { return os.WriteFile(p, text[:len(text)/2+100], 0o600) }), "is damaged"},
		"fifo":            {"/dev/null", "is not a file"},
		"empty":           {"", "does not name a file"},
		"memory":          {":memory:", "does not name a file"},
		"options":         {filepath.Join(t.TempDir(), "x.db?_pragma=foreign_keys(0);ATTACH 'y' AS y"), "does not name a file"},
		"encoded options": {"sqlite:x.db%3F_pragma=foreign_keys(0)", "does not name a file"},
		"uri":             {"file:x.db?mode=memory", "does not name a file"},
		"bad escape":      {"sqlite:///%zz", "malformed URL"},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := sqlite.Open(t.Context(), c.path, sqlite.Options{})
			if err == nil {
				db.Close()
				t.Fatal("opened")
			}
			wantExplained(t, err, c.problem)
		})
	}
}

// Permissions do not bind root, so this test gives up its rights where it has them.
func TestSQLiteWithoutPermission(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "read-only.db")
	if err := os.WriteFile(file, nil, 0o400); err != nil {
		t.Fatal(err)
	}
	if syscall.Geteuid() == 0 {
		if _, err := os.Stat("/proc/self/mem"); err != nil {
			t.Fatal(err)
		}
		// Even root cannot write here.
		_, err := sqlite.Open(t.Context(), "/proc/merlon.db", sqlite.Options{})
		if err == nil {
			t.Fatal("opened a database in /proc")
		}
		return
	}
	_, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	wantExplained(t, err, "cannot be opened")
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o700) }) // or else it could not be removed
	_, err = sqlite.Open(t.Context(), filepath.Join(dir, "new.db"), sqlite.Options{})
	wantExplained(t, err, "cannot be opened")
}

func TestSQLiteLockedByAnotherProcess(t *testing.T) {
	d := &database{driver: "sqlite", address: filepath.Join(t.TempDir(), "merlon.db")}
	if err := d.open(t); err != nil {
		t.Fatal(err)
	}
	release := hold(t, d)
	defer release()
	db, err := sqlite.Open(t.Context(), d.address, sqlite.Options{BusyTimeout: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err) // readers get through
	}
	defer db.Close()
	_, err = db.Migrate(t.Context())
	wantExplained(t, err, "is locked by another process")
}

func TestSQLiteFilesAreTheOwnersAlone(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	d := &database{driver: "sqlite", address: filepath.Join(t.TempDir(), "merlon.db")}
	if err := d.open(t); err != nil {
		t.Fatal(err)
	}
	if _, err := d.db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, ending := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(d.address + ending)
		if err != nil {
			t.Error(err)
		} else if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("merlon.db%s has mode %v", ending, got)
		}
	}
}

func TestSQLitePathsWithOddCharacters(t *testing.T) {
	for _, name := range []string{"a b.db", "ü%41.db", "a&b=c.db", "a+b.db", "a'b.db"} {
		path := filepath.Join(t.TempDir(), name)
		db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, err = db.Migrate(t.Context())
		db.Close()
		if info, statErr := os.Stat(path); err != nil || statErr != nil || info.Size() == 0 {
			t.Errorf("%s: %v, %v", name, err, statErr)
		}
	}
}

// hold takes the write lock as another process would.
func hold(t *testing.T, d *database) (release func()) {
	t.Helper()
	raw, err := sql.Open(d.driver, "file:"+d.address+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := raw.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		tx.Rollback()
		raw.Close()
	}
}
