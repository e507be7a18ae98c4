package git_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/internal/git"
)

var (
	a = strings.Repeat("a", 40)
	b = strings.Repeat("b", 40)
	c = strings.Repeat("c", 40)
)

func TestRawEntry(t *testing.T) {
	rows := []struct {
		entry, want string
	}{
		{fmt.Sprintf(":000000 100644 %s %s A", a, b), b},
		{fmt.Sprintf(":100644 100755 %s %s M", a, b), b},
		{fmt.Sprintf("::100644 100644 100644 %s %s %s MM", a, b, c), c},
		{fmt.Sprintf(":100644 000000 %s %s D", a, b), ""},
		{fmt.Sprintf(":000000 120000 %s %s A", a, b), ""},
		{fmt.Sprintf(":000000 160000 %s %s A", a, b), ""},
		{":", ""}, {"", ""}, {":100644 100644 x y M", ""}, {strings.Repeat(":", 100), ""},
	}
	for _, row := range rows {
		got, ok := git.RawEntry([]byte(row.entry))
		if ok != (row.want != "") || ok && got != row.want {
			t.Errorf("%q: %q, %v", row.entry, got, ok)
		}
	}
}

func TestOpen(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	if _, err := git.Open(t.Context(), t.TempDir()); !errors.Is(err, git.ErrNoRepo) {
		t.Errorf("a folder: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := git.Open(t.Context(), "."); !errors.Is(err, git.ErrNoGit) {
		t.Errorf("without git: %v", err)
	}
}

// TestAttackHookOfAnotherRepository: what the environment says about the one
// that a hook runs in must not be taken for the one that is asked about.
func TestAttackHookOfAnotherRepository(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	one, other := t.TempDir(), t.TempDir()
	for _, dir := range []string{one, other} {
		if out, err := exec.Command("git", "init", "-q", dir).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(one, "a"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{filepath.Join(other, ".git"), filepath.Join(other, "nowhere")} {
		t.Setenv("GIT_DIR", dir)
		t.Setenv("GIT_WORK_TREE", other)
		r, err := git.Open(t.Context(), one)
		if err != nil {
			t.Fatal(err)
		}
		files, err := r.Files(t.Context())
		if err != nil || len(files) != 1 || files[0].Path != "a" {
			t.Errorf("GIT_DIR=%s: %v, %v", dir, files, err)
		}
	}
	// A folder without one of its own is what the environment says it is.
	t.Setenv("GIT_DIR", filepath.Join(one, ".git"))
	home := t.TempDir()
	t.Setenv("GIT_WORK_TREE", home)
	if r, err := git.Open(t.Context(), home); err != nil || r.Prefix != "" || r.Bare {
		t.Errorf("a work tree elsewhere: %+v, %v", r, err)
	}
}

func FuzzRawEntry(f *testing.F) {
	for _, seed := range []string{":", "::", ":1 2 3 4 5", ":000000 100644 " + a + " " + b + " A"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, entry []byte) {
		git.RawEntry(entry)
	})
}
