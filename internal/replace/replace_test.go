package replace_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/internal/replace"
)

func text(s string) func(*os.File) error {
	return func(f *os.File) error { _, err := f.WriteString(s); return err }
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a")
	look := func(want string, mode fs.FileMode) {
		t.Helper()
		got, err := os.ReadFile(name)
		info, _ := os.Stat(name)
		if err != nil || string(got) != want || info.Mode().Perm() != mode {
			t.Errorf("%q %v %v, want %q %v", got, info.Mode(), err, want, mode)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*.new-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
	if err := replace.File(name, 0o600, text("one")); err != nil {
		t.Fatal(err)
	}
	look("one", 0o600)
	if err := os.Chmod(name, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := replace.File(name, 0o600, text("two")); err != nil {
		t.Fatal(err)
	}
	look("two", 0o640)
	full := errors.New("disk full")
	err := replace.File(name, 0o600, func(f *os.File) error { return errors.Join(text("thr")(f), full) })
	if !errors.Is(err, full) {
		t.Error(err)
	}
	look("two", 0o640)
	if err := replace.File(filepath.Join(dir, "none", "a"), 0o600, text("x")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := replace.File(dir, 0o600, text("x")); err == nil {
		t.Error("a folder was replaced")
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("a", link); err != nil {
		t.Fatal(err)
	}
	if err := replace.File(link, 0o600, text("four")); err != nil {
		t.Fatal(err)
	}
	look("four", 0o640)
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v %v", info, err)
	}
}

// TestAttackDeviceIsReplaced: root writes its report to /dev/null, and the
// device must be there afterwards.
func TestAttackDeviceIsReplaced(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no devices")
	}
	if err := replace.File(os.DevNull, 0o600, text("x")); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("%v %v", info, err)
	}
	pipe := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(pipe, nil, 0o400); err != nil {
		t.Fatal(err)
	}
	if err := replace.File(pipe, 0o600, text("x")); err != nil && !strings.Contains(err.Error(), "permission") {
		t.Error(err)
	}
}

func TestPossible(t *testing.T) {
	dir := t.TempDir()
	if err := replace.Possible(filepath.Join(dir, "a")); err != nil {
		t.Error(err)
	}
	if err := replace.File(filepath.Join(dir, "b"), 0o600, text("b")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{filepath.Join(dir, "b"), os.DevNull} {
		if err := replace.Possible(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{dir, filepath.Join(dir, "none", "a"), filepath.Join(dir, "b", "c")} {
		if err := replace.Possible(name); err == nil {
			t.Errorf("%s could be written", name)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "b")); string(got) != "b" {
		t.Errorf("it was changed: %q", got)
	}
}
