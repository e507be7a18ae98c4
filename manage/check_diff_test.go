package manage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/manage"
)

// A worktree is a scratch repository, and a program that checks it.
type worktree struct {
	*session
	seen []map[string]string // what each run of the check saw: file → content
	base string              // after which commit the last one judged the history
}

func newWorktree(t *testing.T) *worktree {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	w := &worktree{}
	w.session = newSession(t, manage.App{Paths: true, Rules: []check.Rule{{
		ID: "seen", Title: "A file", Level: check.Error, Tags: []string{"seen"}, Why: "w", Fix: "f",
		Run: func(_ context.Context, target *check.Target) ([]check.Finding, error) {
			files := map[string]string{}
			var found []check.Finding
			err := filepath.WalkDir(target.Path("."), func(name string, d fs.DirEntry, err error) error {
				if err != nil || d.Name() == ".git" && d.IsDir() {
					return fs.SkipDir
				}
				if d.Type().IsRegular() {
					text, err := os.ReadFile(name)
					if err != nil {
						return err
					}
					inner, _ := filepath.Rel(target.Path("."), name)
					files[filepath.ToSlash(inner)] = string(text)
					found = append(found, check.Finding{Title: "file " + inner, Key: inner + string(text)})
				}
				return nil
			})
			w.seen, w.base = append(w.seen, files), target.Base
			return found, err
		},
	}}})
	w.vars = nil
	w.git("init", "-q", "-b", "main")
	return w
}

func (w *worktree) git(args ...string) string { return w.gitIn(w.dir, "", args...) }

func (w *worktree) gitIn(dir, stdin string, args ...string) string {
	w.t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (w *worktree) write(name, text string) {
	w.t.Helper()
	full := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *worktree) commit() {
	w.t.Helper()
	w.git("add", "-A")
	w.git("commit", "-q", "--allow-empty", "-m", "change")
}

// diff checks against base and returns what the check of base saw.
func (w *worktree) diff(base string, paths ...string) (was map[string]string, code int, out, errs string) {
	w.t.Helper()
	w.seen = nil
	code, out, errs = w.run(append([]string{"check", "--tag", "seen", "--diff", base}, paths...)...)
	if len(w.seen) > 0 {
		was = w.seen[0]
	}
	return was, code, out, errs
}

// TestDiffReadsTheCommitAsItWasCommitted: neither what .gitattributes says about
// line ends and archives, nor links, names or sizes make a difference.
func TestDiffReadsTheCommitAsItWasCommitted(t *testing.T) {
	w := newWorktree(t)
	large := strings.Repeat("0123456789abcdef", 400<<10)
	w.write(".gitattributes", "*.txt text eol=crlf\nhidden.txt export-ignore\nsubst.txt export-subst\n")
	want := map[string]string{
		"hidden.txt": "h\n", "subst.txt": "$Format:%H$\n", "sub/a.txt": "a\n", "sub/same.txt": "a\n", "new\nline \xff.txt": "n\n",
		"large.bin": large, "sub/large.bin": large, "empty": "", "sub/link.txt": "h\n", ".gitattributes": "*.txt text eol=crlf\nhidden.txt export-ignore\nsubst.txt export-subst\n",
	}
	for name, text := range want {
		if name != "sub/link.txt" {
			w.write(name, text)
		}
	}
	for name, target := range map[string]string{"sub/link.txt": "../hidden.txt", "outside": "/etc/passwd", "above": "../../x", "loop": "loop", "folder": "sub"} {
		if err := os.Symlink(target, filepath.Join(w.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	w.commit()
	w.git("rm", "-q", "-r", "sub", "large.bin", "hidden.txt")
	w.write("added", "new")
	was, code, out, errs := w.diff("HEAD")
	if diff := cmp.Diff(want, was); diff != "" {
		t.Errorf("code %d %s (-want +got):\n%.3000s", code, errs, diff)
	}
	if code != 3 || strings.Count(out, "[seen]") != 1 || !strings.Contains(out, "file added") {
		t.Errorf("code %d, %s", code, out)
	}
	if head := w.git("rev-parse", "HEAD"); w.base != head {
		t.Errorf("the history is judged after %q, and not after %s", w.base, head)
	}
	// From a folder inside, paths are relative to it.
	w.write("sub/b", "b")
	w.dir = filepath.Join(w.dir, "sub")
	if was, _, out, _ := w.diff("HEAD", ".", w.dir); len(was) != 4 || !strings.Contains(out, "file b") {
		t.Errorf("inside: %d, %s", len(was), out)
	}
}

// TestAttackDiffRunsWhatTheRepositoryConfigures: filters, hooks, monitors,
// drivers and archivers are for those who trust the repository.
func TestAttackDiffRunsWhatTheRepositoryConfigures(t *testing.T) {
	w := newWorktree(t)
	mark := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "run.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch "+mark+"\ncat\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.write("a.txt", "text\n")
	w.write(".gitattributes", "*.txt filter=x diff=x merge=x\n")
	w.commit()
	for _, key := range []string{
		"core.fsmonitor", "core.pager", "core.sshCommand", "core.askPass", "core.editor", "core.gitProxy", "core.alternateRefsCommand", "diff.external", "diff.x.textconv", "diff.x.command", "merge.x.driver",
		"filter.x.smudge", "filter.x.clean", "filter.x.process", "gpg.program", "tar.tar.command", "tar.command", "credential.helper", "uploadpack.packObjectsHook", "pager.ls-tree", "pager.log", "pager.rev-parse",
	} {
		w.git("config", key, script)
	}
	for _, name := range []string{"rev-parse", "ls-tree", "cat-file", "config", "log"} {
		w.git("config", "alias."+name, "!"+script)
	}
	w.git("config", "log.showSignature", "true")
	w.git("config", "filter.x.required", "true")
	for _, hook := range []string{"post-checkout", "post-index-change", "fsmonitor-watchman", "reference-transaction"} {
		if err := os.Link(script, filepath.Join(w.dir, ".git/hooks", hook)); err != nil {
			t.Fatal(err)
		}
	}
	w.write("a.txt", "changed\n")
	os.Remove(mark)
	was, code, _, errs := w.diff("HEAD")
	if was["a.txt"] != "text\n" || code != 3 {
		t.Errorf("code %d, %v %s", code, was, errs)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program that the repository names was run")
	}
}

// TestAttackDiffFetchesThroughACommand: the remote of a partial clone may be a
// command, and every object that is missing a reason to run it.
func TestAttackDiffFetchesThroughACommand(t *testing.T) {
	w := newWorktree(t)
	mark := filepath.Join(t.TempDir(), "ran")
	w.write("a.txt", "text\n")
	w.write("b.txt", "other\n")
	w.commit()
	id := w.git("rev-parse", "HEAD:a.txt")
	if err := os.Remove(filepath.Join(w.dir, ".git/objects", id[:2], id[2:])); err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]string{
		{"remote.origin.url", "ext::touch " + mark}, {"remote.origin.promisor", "true"}, {"remote.origin.partialclonefilter", "blob:none"},
		{"extensions.partialClone", "origin"}, {"core.repositoryFormatVersion", "1"}, {"protocol.ext.allow", "always"}, {"protocol.allow", "always"},
	} {
		w.git("config", pair[0], pair[1])
	}
	_, code, _, errs := w.diff("HEAD")
	if code != 1 || !strings.Contains(errs, "merlon: --diff: 1 file of the commit cannot be read from the repository\nhint: this clone is partial") {
		t.Errorf("code %d, %s", code, errs)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("the command was run")
	}
}

// TestAttackDiffWritesOutsideOfItsFolder by names that git itself would never
// commit, and makes no repository that later commands would find.
func TestAttackDiffWritesOutsideOfItsFolder(t *testing.T) {
	w := newWorktree(t)
	w.write("good", "g")
	w.commit()
	w.env.TempDir = t.TempDir()
	blob := w.git("rev-parse", "HEAD:good")
	raw := func(hex string) string {
		var b []byte
		for i := 0; i < len(hex); i += 2 {
			var c byte
			fmt.Sscanf(hex[i:i+2], "%02x", &c)
			b = append(b, c)
		}
		return string(b)
	}
	tree := func(mode, name, id string) string {
		return w.gitIn(w.dir, mode+" "+name+"\x00"+raw(id), "hash-object", "-w", "-t", "tree", "--literally", "--stdin")
	}
	for _, name := range []string{"..", ".git", ".GIT", ".git ", "git~1", "."} {
		inner := tree("100644", "config", blob)
		outer := tree("40000", name, inner)
		commit := w.git("commit-tree", "-m", "hostile", outer)
		was, _, _, _ := w.diff(commit)
		for seen := range was {
			t.Errorf("%q: %s was written", name, seen)
		}
		if left, _ := os.ReadDir(w.env.TempDir); len(left) > 0 {
			t.Errorf("%q: %v was left behind", name, left)
		}
	}
}

// TestDiffSaysWhyItCannot read the base, in one line and a hint.
func TestDiffSaysWhyItCannot(t *testing.T) {
	w := newWorktree(t)
	refused := func(name string, w *worktree, wantCode int, base, want string, paths ...string) {
		t.Helper()
		if _, code, _, errs := w.diff(base, paths...); code != wantCode || !strings.Contains(errs, want) || strings.Count(errs, "\n") > 2 {
			t.Errorf("%s: code %d, %s", name, code, errs)
		}
	}
	refused("no commit", w, 2, "HEAD", "hint: the repository has no commit yet")
	w.write("a", "1")
	w.commit()
	w.write("a", "2")
	w.commit()
	refused("unknown", w, 2, "nonsense", "merlon: --diff: \"nonsense\" is no commit that is here\nhint: git fetch it first")
	refused("an option", w, 2, "--all", "is no commit that is here")
	refused("a tree", w, 2, "HEAD^{tree}", "is no commit that is here")
	refused("outside", w, 2, "HEAD", "is outside of the repository", "..")
	refused("outside, absolute", w, 2, "HEAD", "is outside of the repository", "/etc")
	w.git("checkout", "-q", "HEAD~0")
	if _, code, _, errs := w.diff("HEAD~1"); code != 3 {
		t.Errorf("detached: code %d, %s", code, errs)
	}
	clone := func(args ...string) *worktree {
		other := newWorktree(t)
		os.RemoveAll(other.dir)
		w.git(append(append([]string{"clone", "-q"}, args...), "file://"+w.dir, other.dir)...)
		return other
	}
	w.git("config", "uploadpack.allowFilter", "true")
	refused("shallow", clone("--depth", "1"), 2, "HEAD~1", "hint: this clone is shallow")
	refused("bare", clone("--bare"), 2, "HEAD", "this repository is bare")
	refused("partial", clone("--filter=blob:none"), 1, "HEAD~1", "hint: this clone is partial")
	refused("treeless", clone("--filter=tree:0"), 1, "HEAD~1", "hint: this clone is partial")
	plain := newWorktree(t)
	os.RemoveAll(filepath.Join(plain.dir, ".git"))
	refused("no repository", plain, 2, "HEAD", "--diff needs a git repository")

	super := newWorktree(t)
	super.git("submodule", "--quiet", "add", w.dir, "module")
	super.commit()
	if was, code, _, errs := super.diff("HEAD"); !strings.Contains(errs, "module is another repository (a submodule)") || code != 3 || was["a"] != "" {
		t.Errorf("submodule: code %d, %s", code, errs)
	}
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
	refused("another user's", w, 1, "HEAD", "the repository belongs to another user")
	t.Setenv("PATH", t.TempDir())
	refused("no git", w, 1, "HEAD", "the program git is not installed")
}

// TestDiffInterrupted is no half baseline, by which old findings were new.
func TestDiffInterrupted(t *testing.T) {
	w := newWorktree(t)
	w.write("a", "1")
	w.commit()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	env := manage.Env{Args: []string{"check", "--tag", "seen", "--diff", "HEAD", "."}, Dir: w.dir, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Now: time.Now}
	if code := manage.Run(ctx, w.app, &env); code != 1 || !strings.Contains(errs.String(), "interrupted") || out.Len() > 0 {
		t.Errorf("code %d, %s%s", code, out.String(), errs.String())
	}
}

// TestInterruptedCheckSaysSo in one line, and writes no report of what it could
// not judge.
func TestInterruptedCheckSaysSo(t *testing.T) {
	w := newWorktree(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.app.Rules[0].Run = func(context.Context, *check.Target) ([]check.Finding, error) {
		cancel()
		return nil, nil
	}
	w.write("report.json", "the one before")
	var out, errs bytes.Buffer
	env := manage.Env{Args: []string{"check", "--output", "report.json", "--format", "json", "."}, Dir: w.dir, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Now: time.Now}
	code := manage.Run(ctx, w.app, &env)
	if text, _ := os.ReadFile(filepath.Join(w.dir, "report.json")); code != 1 || errs.String() != "merlon: interrupted\n" || out.Len() > 0 || string(text) != "the one before" {
		t.Errorf("code %d, %q %q %q", code, errs.String(), out.String(), text)
	}
}

// TestWrongArgumentsOfCheck are told before anything is read.
func TestWrongArgumentsOfCheck(t *testing.T) {
	w := newWorktree(t)
	w.write("a", "a")
	w.write("empty.json", "{}")
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"nosuch", 2, "merlon: there is no \"nosuch\"\n"},
		{"./nosuch/...", 2, "merlon: there is no \"./nosuch/...\"\n"},
		{"a/b", 2, "merlon: there is no \"a/b\"\n"},
		{"--tag sen .", 2, "merlon: no rule is tagged \"sen\"\nhint: did you mean seen?\n"},
		{"--tag zzzzzz .", 2, "merlon: no rule is tagged \"zzzzzz\"\nhint: run \"merlon check --list-tags\" for all tags\n"},
		{"--baseline empty.json .", 2, "merlon: empty.json: baseline has version 0, known is 1\nhint: check --write-baseline FILE makes one\n"},
		{"--baseline . .", 2, "merlon: .: reading the baseline:"},
		{"--output nosuch/x .", 1, "merlon: cannot write nosuch/x: no such file or directory\n"},
		{"--output . .", 1, "merlon: cannot write .: is a directory\n"},
		{"--write-baseline a/b .", 1, "merlon: cannot write a/b: not a directory\n"},
	} {
		w.seen = nil
		code, out, errs := w.run(append([]string{"check"}, strings.Fields(c.args)...)...)
		if code != c.code || !strings.HasPrefix(errs, c.want) || out != "" || len(w.seen) > 0 {
			t.Errorf("%s: code %d, %q %q, %d runs", c.args, code, errs, out, len(w.seen))
		}
	}
}

// A full disk must be seen in the exit code, whichever command wrote.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: errors.New("no space left on device")}
}

func TestFullDiskIsSeenInTheExitCode(t *testing.T) {
	s := newSession(t, manage.App{})
	s.must("migrate")
	for _, command := range []string{"migrate --plan", "migrate", "csp reports", "csp suggest", "settings", "settings LISTEN", "user list", "version", "man", "explain --list", "check", "check --list-tags", "secret generate", "completion bash", "--help", "audit verify", "lockout list"} {
		var errs bytes.Buffer
		env := manage.Env{Args: strings.Fields(command), Environ: s.vars, Dir: s.dir, Stdin: strings.NewReader(""), Stdout: fullDisk{}, Stderr: &errs, Now: time.Now}
		if code := manage.Run(t.Context(), s.app, &env); code != 1 || !strings.Contains(errs.String(), "no space left") {
			t.Errorf("%s: code %d, %s", command, code, errs.String())
		}
	}
}
