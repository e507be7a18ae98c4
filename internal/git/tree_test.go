package git_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/internal/git"
)

func scratch(t *testing.T) (dir string, run func(args ...string) string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir = t.TempDir()
	run = func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_COMMITTER_DATE=2026-11-22T12:00:00Z")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("init", "-q", "-b", "main")
	return dir, run
}

func TestCommitAndTree(t *testing.T) {
	dir, run := scratch(t)
	open := func(at string) *git.Repo {
		t.Helper()
		r, err := git.Open(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := open(dir)
	if _, err := r.Commit(t.Context(), "HEAD"); !errors.Is(err, git.ErrNoCommit) {
		t.Errorf("an empty repository: %v", err)
	}
	if when, err := r.LastChange(t.Context()); err == nil || !when.IsZero() {
		t.Errorf("an empty repository: %v %v", when, err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "sub/a\nb"), []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("sub", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	run("add", "-A")
	run("commit", "-q", "-m", "first")
	run("tag", "-a", "v1", "-m", "v1")
	head := run("rev-parse", "HEAD")
	for _, name := range []string{"HEAD", "main", "v1", head, head[:8], "HEAD~0"} {
		if got, err := r.Commit(t.Context(), name); err != nil || got != head {
			t.Errorf("%s: %s %v", name, got, err)
		}
	}
	for _, name := range []string{"", "nonsense", "--all", "-h", "HEAD..HEAD", "HEAD:sub", "HEAD^{tree}", "HEAD~9", "HEAD\nHEAD"} {
		if got, err := r.Commit(t.Context(), name); !errors.Is(err, git.ErrNoCommit) {
			t.Errorf("%q: %s %v", name, got, err)
		}
	}
	files, err := r.Tree(t.Context(), head)
	want := []git.TreeFile{
		{Path: "link", ID: run("rev-parse", "HEAD:link"), Link: true},
		{Path: "sub/a\nb", ID: run("rev-parse", "HEAD:sub/a\nb")},
	}
	if diff := cmp.Diff(want, files); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, id := range []string{"--help", "HEAD", strings.Repeat("0", 40)} {
		if files, err := r.Tree(t.Context(), id); err == nil {
			t.Errorf("%s: %v", id, files)
		}
	}
	if when, err := open(filepath.Join(dir, "sub")).LastChange(t.Context()); err != nil || when.Format("2006-01-02") != "2026-11-22" {
		t.Errorf("%v %v", when, err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "untracked"), 0o755); err != nil {
		t.Fatal(err)
	}
	if when, err := open(filepath.Join(dir, "untracked")).LastChange(t.Context()); err != nil || !when.IsZero() {
		t.Errorf("untracked: %v %v", when, err)
	}
}

// TestAttackRepositoryRunsPrograms: whatever a repository's own configuration
// names, reading it runs nothing.
func TestAttackRepositoryRunsPrograms(t *testing.T) {
	dir, run := scratch(t)
	mark := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "run.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch "+mark+"\ncat\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.txt", "text\n")
	write(".gitattributes", "*.txt filter=x diff=x\n")
	run("add", "-A")
	run("commit", "-q", "-m", "first")
	for _, key := range []string{
		"core.fsmonitor", "core.pager", "core.askPass", "core.sshCommand", "core.alternateRefsCommand", "diff.external", "diff.x.textconv", "diff.x.command",
		"filter.x.smudge", "filter.x.clean", "filter.x.process", "gpg.program", "pager.log", "pager.diff-index",
	} {
		run("config", key, script)
	}
	run("config", "log.showSignature", "true")
	write("a.txt", "other\n")
	os.Remove(mark)
	r, err := git.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	head, err := r.Commit(t.Context(), "HEAD")
	errs := []error{err}
	_, err = r.Tree(t.Context(), head)
	errs = append(errs, err)
	_, err = r.Files(t.Context())
	errs = append(errs, err)
	_, err = r.Staged(t.Context())
	errs = append(errs, err)
	_, err = r.Pending(t.Context())
	errs = append(errs, err)
	_, err = r.LastChange(t.Context())
	errs = append(errs, err)
	_, err = r.Blobs(t.Context(), git.BlobOptions{}, func(git.Blob) {})
	if err := errors.Join(append(errs, err)...); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program that the repository names was run")
	}
}

// TestAttackHistorySinceNonsense: git takes what it does not understand for now,
// since when there is nothing to find.
func TestAttackHistorySinceNonsense(t *testing.T) {
	dir, run := scratch(t)
	run("commit", "-q", "--allow-empty", "-m", "first")
	r, err := git.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for since, good := range map[string]bool{
		"": true, "2026-01-01": true, "90.days.ago": true, "2 weeks ago": true, "2026-01-01T10:00:00Z": true, "now": true, "@1700000000": true,
		"nonsense": false, "main": false, "release": false,
	} {
		if _, err := r.Blobs(t.Context(), git.BlobOptions{Since: since}, func(git.Blob) {}); (err == nil) != good {
			t.Errorf("%q: %v", since, err)
		}
	}
}
