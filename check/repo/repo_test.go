package repo_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/repo"
)

// Put together here, so that no scanner takes this file for a leak.
var (
	token = "ghp" + "_oq4nlwagljnS4k1zgtlcuVp7q4mxidWxjejg"
	other = "ghp" + "_Zr8nlwagljnS4k1zgtlcuVp7q4mxidWxjABC"
)

// A tree is a scratch repository.
type tree struct {
	*testing.T
	dir string
}

func newTree(t *testing.T) *tree {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	d := &tree{t, t.TempDir()}
	d.git("init", "-q", "-b", "main")
	return d
}

func (d *tree) git(args ...string) string {
	d.Helper()
	cmd := exec.Command("git", append([]string{"-C", d.dir, "-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		d.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (d *tree) write(name, text string) {
	d.Helper()
	full := filepath.Join(d.dir, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		d.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
		d.Fatal(err)
	}
}

func (d *tree) commit(message string) {
	d.Helper()
	d.git("add", "-A")
	d.git("commit", "-q", "--allow-empty", "-m", message)
}

func run(t *testing.T, dir string, c *repo.Config, paths ...string) *check.Report {
	t.Helper()
	if paths == nil {
		paths = []string{"."}
	}
	report, err := check.Run(t.Context(), check.Options{Rules: repo.Rules(c), Target: &check.Target{Dir: dir, Paths: paths}})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func summary(r *check.Report) []string {
	var lines []string
	for _, f := range r.Findings {
		lines = append(lines, fmt.Sprintf("%s %s %s", f.ID, f.Level, f.Place))
	}
	slices.Sort(lines)
	return lines
}

func reasons(r *check.Report) string {
	var lines []string
	for _, in := range r.Incomplete {
		lines = append(lines, in.Place.String()+": "+in.Reason)
	}
	return strings.Join(lines, "\n")
}

func TestRulesAreWellFormed(t *testing.T) {
	if err := check.Validate(repo.Rules(nil)); err != nil {
		t.Error(err)
	}
}

func TestWorkingTree(t *testing.T) {
	d := newTree(t)
	d.write(".gitignore", "ignored.env\n")
	d.write("ignored.env", "TOKEN="+token+"\n")
	d.write("main.go", "package main\n\nconst token = \""+token+"\"\n")
	d.write(".env", "DB_PASSWORD=tr0ub4dor&3\n")
	d.write(".env.example", "DB_PASSWORD=\n")
	d.write("keys/server.p12", "\x30\x82\x00\x00binary")
	d.write("testdata/client.p12", "\x30\x82\x00\x00binary")
	d.commit("first")
	d.write("local.env", "API_TOKEN=nothing-here-9\n")
	got := summary(run(t, d.dir, nil))
	want := []string{
		"env-file-not-ignored warning local.env",
		"env-file-tracked error .env",
		"key-file-tracked error keys/server.p12",
		"key-file-tracked info testdata/client.p12",
		"secret-in-file critical main.go:3:16",
		"secret-in-file warning .env:1:13",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestStagedAndDeleted(t *testing.T) {
	d := newTree(t)
	d.write("a.txt", "nothing\n")
	d.commit("first")
	d.write("a.txt", "token "+token+"\n")
	d.git("add", "a.txt")
	d.write("a.txt", "nothing again\n")
	report := run(t, d.dir, nil)
	if len(report.Findings) != 1 || !strings.Contains(report.Findings[0].Title, "staged in a.txt") {
		t.Errorf("%v", summary(report))
	}
}

// A file that was only touched is no different one, and a folder named tests
// that the repository lies in says nothing about it.
func TestTouchedInFolderOfTests(t *testing.T) {
	d := newTree(t)
	d.dir = filepath.Join(d.dir, "tests", "app")
	d.write("a.txt", "token "+token+"\n")
	d.git("init", "-q", "-b", "main")
	d.commit("first")
	d.write("copy.txt", "nothing\n")
	d.git("add", "copy.txt")
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(d.dir, "a.txt"), later, later); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ dir, path string }{{d.dir, "."}, {t.TempDir(), d.dir}, {filepath.Join(d.dir, "..", "..", ".git"), "../tests/app"}} {
		report := run(t, row.dir, nil, row.path)
		if len(report.Findings) != 1 || report.Findings[0].Level != check.Critical {
			t.Errorf("%s: %v", row.path, summary(report))
		}
	}
}

// No length hides a secret, and none is held in memory.
func TestAttackSecretInLargeContent(t *testing.T) {
	d := newTree(t)
	filler := strings.Repeat(strings.Repeat("x ", 40)+"\n", 1<<19/10)
	d.write("data.txt", filler+"token "+token+"\n")
	d.commit("first")
	d.write("data.txt", "gone\n")
	d.commit("second")
	large := filepath.Join(d.dir, "large.txt")
	d.write("large.txt", strings.Repeat(filler, 5)+"token "+other+"\n")
	if info, err := os.Stat(large); err != nil || info.Size() < 17<<20 {
		t.Fatal(err, info.Size())
	}
	got := summary(run(t, d.dir, &repo.Config{History: true}))
	want := []string{"secret-in-file critical large.txt:" + strconv.Itoa(5*(1<<19/10)+1) + ":7", "secret-in-history critical data.txt"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if report := run(t, d.dir, &repo.Config{MaxFile: 1 << 20}); !strings.Contains(reasons(report), "large.txt: larger than 1 MiB") {
		t.Error(reasons(report))
	}
}

func TestHistory(t *testing.T) {
	d := newTree(t)
	d.write("a.env", "TOKEN="+token+"\n")
	d.commit("first")
	d.write("a.env", "X=1\nTOKEN="+token+"\n")
	d.commit("second")
	d.write("a.env", "TOKEN=\n")
	d.write("still.txt", "token "+other+"\n")
	d.commit("third")
	report := run(t, d.dir, &repo.Config{History: true})
	got := summary(report)
	want := []string{"secret-in-file critical still.txt:1:7", "secret-in-history critical a.env"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	first := strings.TrimSpace(d.git("rev-list", "--max-parents=0", "HEAD"))
	for _, f := range report.Findings {
		if f.ID == "secret-in-history" && (!strings.Contains(f.Evidence, "line 1 since commit "+first[:12]+" of ") || !strings.HasSuffix(f.Evidence, " by T")) {
			t.Errorf("evidence %q does not name the first commit %s", f.Evidence, first[:12])
		}
	}
	if len(report.Incomplete) > 0 {
		t.Error(reasons(report))
	}
	if report := run(t, d.dir, nil); len(report.Findings) != 1 {
		t.Errorf("without History: %v", summary(report))
	}
	if report := run(t, d.dir, &repo.Config{History: true, Since: "2090-01-01"}); len(report.Findings) != 1 {
		t.Errorf("with Since in the future: %v", summary(report))
	}
}

// A folder of the repository is checked with the names it is asked by, and a
// key store that was removed is still in every clone.
func TestHistoryOfFolder(t *testing.T) {
	d := newTree(t)
	d.write("app/conf/db.env", "DB_PASSWORD=tr0ub4dor&3\n")
	d.write("app/keys/old.p12", "\x30\x82\x00\x00binary")
	d.write("app/keys/now.p12", "\x30\x82\x00\x00other")
	d.write("else.env", "TOKEN="+token+"\n")
	d.commit("first")
	d.git("rm", "-q", "app/keys/old.p12", "else.env")
	d.commit("second")
	got := summary(run(t, filepath.Join(d.dir, "app"), &repo.Config{History: true}))
	want := []string{
		"env-file-tracked error conf/db.env",
		"key-file-tracked error keys/now.p12",
		"secret-in-file warning conf/db.env:1:13",
		"secret-in-history critical ../else.env",
		"secret-in-history error keys/old.p12",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := summary(run(t, t.TempDir(), &repo.Config{History: true}, filepath.Join(d.dir, "app"))); len(got) != 5 || !strings.Contains(got[3], d.dir+"/else.env") {
		t.Errorf("%v", got)
	}
}

// What a merge alone brings in is part of the history too.
func TestAttackSecretHiddenInMerge(t *testing.T) {
	d := newTree(t)
	d.write("a", "1\n")
	d.commit("first")
	d.git("checkout", "-q", "-b", "side")
	d.write("b", "2\n")
	d.commit("side")
	d.git("checkout", "-q", "main")
	d.write("c", "3\n")
	d.commit("main")
	d.git("merge", "-q", "--no-commit", "side")
	d.write("conf/app.env", "TOKEN="+token+"\n")
	d.commit("merge")
	d.git("rm", "-q", "conf/app.env")
	d.commit("gone")
	if got := summary(run(t, d.dir, &repo.Config{History: true})); len(got) != 1 || got[0] != "secret-in-history critical conf/app.env" {
		t.Errorf("%v", got)
	}
}

func TestReportsHoldNoSecret(t *testing.T) {
	d := newTree(t)
	d.write("a.env", "TOKEN="+token+"\nDB_PASSWORD=tr0ub4dor&3\n")
	d.commit("first")
	d.write("a.env", "")
	d.write("b.env", "TOKEN="+other+"\nURL=postgres://app:s3cr3t-V4lue@db.internal/x\n")
	report := run(t, d.dir, &repo.Config{History: true})
	for _, format := range check.Formats() {
		var b strings.Builder
		if err := check.Write(&b, report, format, check.WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{token, other, token[4:], "tr0ub4dor", "s3cr3t-V4lue"} {
			if strings.Contains(b.String(), secret) {
				t.Errorf("%s shows %q", format, secret)
			}
		}
	}
	if len(report.Findings) < 5 {
		t.Errorf("%v", summary(report))
	}
}

// What a person is told depends on whether the secret has left the machine.
func TestFixFollowsGit(t *testing.T) {
	d := newTree(t)
	d.write("committed.env", "TOKEN="+token+"\n")
	d.write("removed.env", "TOKEN="+other+"\n")
	d.commit("first")
	d.write("removed.env", "TOKEN=\n")
	d.write("staged.env", "DB_PASSWORD=tr0ub4dor&3\n")
	d.git("add", "staged.env")
	d.write("staged.env", "DB_PASSWORD=\n")
	d.write("new.toml", "password = \"tr0ub4dor&4\"\n")
	want := map[string]string{
		"committed.env": "Revoke it first: https://github.com/settings/tokens.", "removed.env": "Then commit the file without it.",
		"staged.env": "git restore --staged", "new.toml": "It is in no commit yet",
	}
	first := strings.TrimSpace(d.git("rev-parse", "HEAD"))[:12]
	report := run(t, d.dir, &repo.Config{History: true})
	seen := 0
	for _, f := range report.Findings {
		if f.ID != "secret-in-file" {
			continue
		}
		seen++
		if text := want[f.Place.File]; text == "" || !strings.Contains(f.Fix, text) {
			t.Errorf("%s: %s", f.Place, f.Fix)
		}
		if committed := strings.Contains(f.Evidence, "since commit "+first); committed != (f.Place.File == "committed.env" || f.Place.File == "removed.env") {
			t.Errorf("%s: %s", f.Place, f.Evidence)
		}
	}
	if seen != 4 {
		t.Errorf("%v", summary(report))
	}
}

// A baseline must hold when lines are put above a finding.
func TestFingerprintsBearMovedLines(t *testing.T) {
	d := newTree(t)
	prints := func() []string {
		var list []string
		for _, f := range run(t, d.dir, nil).Findings {
			list = append(list, f.Fingerprint)
		}
		slices.Sort(list)
		return list
	}
	text := "TOKEN=" + token + "\nDB_PASSWORD=tr0ub4dor&3\n\nDB_PASSWORD=tr0ub4dor&4\nURL=postgres://app:s3cr3t-V4lue@db.internal/x\n"
	d.write("a.env", text)
	before := prints()
	d.write("a.env", "# a comment\nX=1\n"+text)
	if diff := cmp.Diff(before, prints()); diff != "" || len(slices.Compact(before)) != 5 {
		t.Errorf("%v %s", before, diff)
	}
	d.write("a.env", strings.Replace(text, token, other, 1))
	if slices.Equal(before, prints()) {
		t.Error("another token has the same fingerprint")
	}
}

func TestIgnoreComment(t *testing.T) {
	d := newTree(t)
	d.write("a.go", "package a\n\nconst t = \""+token+"\" //merlon"+":ignore secret-in-file -- revoked, kept for a test of the parser\n")
	report := run(t, d.dir, nil)
	if len(report.Findings) != 0 || len(report.Hidden) != 1 {
		t.Errorf("%v, %d hidden", summary(report), len(report.Hidden))
	}
}

func TestSpecialRepositories(t *testing.T) {
	d := newTree(t)
	d.write("a.env", "TOKEN="+token+"\n")
	d.commit("first")
	d.write("a.env", "TOKEN=\n")
	d.commit("second")
	history := &repo.Config{History: true}

	bare := filepath.Join(t.TempDir(), "bare.git")
	d.git("clone", "-q", "--bare", d.dir, bare)
	if got := summary(run(t, bare, history)); len(got) != 1 {
		t.Errorf("bare: %v", got)
	}
	shallow := filepath.Join(t.TempDir(), "shallow")
	d.git("clone", "-q", "--depth", "1", "file://"+d.dir, shallow)
	if report := run(t, shallow, history); !strings.Contains(reasons(report), "shallow clone") || report.ExitCode() != check.ExitFailed {
		t.Errorf("shallow: %s", reasons(report))
	}
	linked := filepath.Join(t.TempDir(), "linked")
	d.git("worktree", "add", "-q", linked, "-b", "other")
	if got := summary(run(t, linked, history)); len(got) != 1 {
		t.Errorf("worktree: %v", got)
	}
	super := newTree(t)
	super.git("submodule", "--quiet", "add", d.dir, "module")
	super.commit("with a module")
	if report := run(t, super.dir, nil); len(report.Findings)+len(report.Incomplete) != 0 {
		t.Errorf("submodule: %v %s", summary(report), reasons(report))
	}
	if report := run(t, bare, nil); !strings.Contains(reasons(report), "a bare repository has no files to read") || report.ExitCode() != check.ExitFailed {
		t.Errorf("bare, without its history: %s", reasons(report))
	}
	empty := newTree(t)
	if report := run(t, empty.dir, history); len(report.Findings)+len(report.Incomplete) != 0 {
		t.Errorf("empty: %v %s", summary(report), reasons(report))
	}
	plain := t.TempDir()
	if err := os.WriteFile(filepath.Join(plain, "a.env"), []byte("TOKEN="+token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if report := run(t, plain, history); len(report.Findings) != 1 || !strings.Contains(reasons(report), "no git repository, and so no history") {
		t.Errorf("no repository: %v %s", summary(report), reasons(report))
	}
}

// TestRepositoriesWithin others are part of what was asked for: a submodule, a
// clone that nobody ignored, the clones of a folder that is none itself.
func TestRepositoriesWithin(t *testing.T) {
	module := newTree(t)
	module.write(".gitignore", "local.env\n")
	module.write("app.env", "TOKEN="+token+"\n")
	module.commit("first")
	super := newTree(t)
	super.git("submodule", "--quiet", "add", module.dir, "lib/module")
	super.git("submodule", "--quiet", "add", module.dir, "gone")
	super.commit("with modules")
	super.git("submodule", "--quiet", "deinit", "-f", "gone")
	super.git("clone", "-q", module.dir, "clone")
	super.write("lib/module/local.env", "TOKEN="+other+"\n") // ignored there
	super.write("lib/module/new.env", "TOKEN="+other+"\n")
	want := []string{
		"env-file-not-ignored warning lib/module/new.env",
		"env-file-tracked error clone/app.env", "env-file-tracked error lib/module/app.env",
		"secret-in-file critical clone/app.env:1:7", "secret-in-file critical lib/module/app.env:1:7", "secret-in-file critical lib/module/new.env:1:7",
	}
	report := run(t, super.dir, nil)
	if diff := cmp.Diff(want, summary(report)); diff != "" || len(report.Incomplete) > 0 {
		t.Errorf("%s %s", diff, reasons(report))
	}
	// What a hook is told about its repository is not true of those within.
	t.Setenv("GIT_DIR", filepath.Join(super.dir, ".git"))
	t.Setenv("GIT_INDEX_FILE", filepath.Join(super.dir, ".git", "index"))
	if diff := cmp.Diff(want, summary(run(t, super.dir, nil))); diff != "" {
		t.Errorf("in a hook: %s", diff)
	}
	os.Unsetenv("GIT_DIR")
	os.Unsetenv("GIT_INDEX_FILE")
	if err := os.RemoveAll(filepath.Join(super.dir, ".git")); err != nil {
		t.Fatal(err)
	}
	report = run(t, super.dir, nil)
	if text := reasons(report); !slices.Contains(summary(report), "secret-in-file critical clone/app.env:1:7") || slices.Contains(summary(report), "secret-in-file critical clone/local.env:1:7") || !strings.Contains(text, "lib/module: ") {
		t.Errorf("a folder of clones: %v %s", summary(report), text)
	}
}

// TestHistoryOfAChange is what its commits add, and nothing that the commit
// before them, or another branch, has.
func TestHistoryOfAChange(t *testing.T) {
	secret := func(part string) string { return "ghp" + "_" + part + "nlwagljnS4k1zgtlcuVp7q4mxidWxABC" }
	d := newTree(t)
	d.write("ancient.env", "TOKEN="+secret("AaQ1")+"\n")
	d.write("store.p12", "the store of before")
	d.commit("ancient")
	d.git("rm", "-q", "ancient.env")
	d.write("kept.env", "TOKEN="+secret("BbQ2")+"\n")
	d.commit("base")
	base := strings.TrimSpace(d.git("rev-parse", "HEAD"))
	d.git("checkout", "-q", "-b", "elsewhere")
	d.write("elsewhere.env", "TOKEN="+secret("CcQ3")+"\n")
	d.commit("elsewhere")
	d.git("rm", "-q", "elsewhere.env")
	d.commit("elsewhere, removed")
	d.git("checkout", "-q", "main")
	d.write("added.env", "TOKEN="+secret("DdQ4")+"\n")
	d.write("kept.env", "TOKEN="+secret("BbQ2")+"\nMORE=1\n")
	d.git("mv", "store.p12", "moved.p12")
	d.write("new.p12", "another store")
	d.commit("change")
	d.git("rm", "-q", "added.env", "kept.env", "moved.p12", "new.p12")
	d.commit("change, removed")

	history := func(base string) []string {
		report, err := check.Run(t.Context(), check.Options{
			Rules:  repo.Rules(&repo.Config{History: true}),
			Target: &check.Target{Dir: d.dir, Paths: []string{"."}, Base: base},
		})
		if err != nil || len(report.Incomplete) > 0 {
			t.Fatal(err, reasons(report))
		}
		return summary(report)
	}
	if got := history(""); len(got) < 5 {
		t.Errorf("all of it: %v", got)
	}
	want := []string{"secret-in-history critical added.env", "secret-in-history error new.p12"}
	if diff := cmp.Diff(want, history(base)); diff != "" {
		t.Error(diff)
	}
	if got := history(strings.Repeat("0", 40)); len(got) < 5 {
		t.Errorf("a commit of another repository: %v", got)
	}
}

func TestDamagedRepository(t *testing.T) {
	d := newTree(t)
	d.write("a.env", "TOKEN="+token+"\n")
	d.write("b.env", "TOKEN="+other+"\n")
	d.commit("first")
	id := strings.TrimSpace(d.git("rev-parse", "HEAD:a.env"))
	d.write("a.env", "")
	d.write("b.env", "")
	d.commit("second")
	object := filepath.Join(d.dir, ".git", "objects", id[:2], id[2:])
	if err := os.Chmod(object, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(object, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	report := run(t, d.dir, &repo.Config{History: true})
	if report.ExitCode() == check.ExitFine || len(report.Incomplete) == 0 {
		t.Errorf("a damaged object passes: %v", summary(report))
	}
	if err := os.Remove(object); err != nil {
		t.Fatal(err)
	}
	if text := reasons(run(t, d.dir, &repo.Config{History: true})); !strings.Contains(text, "damaged or missing: 1, the first being "+id) {
		t.Errorf("a missing object passes: %s", text)
	}
	d.write(".git/HEAD", "nonsense")
	if text := reasons(run(t, d.dir, nil)); !strings.Contains(text, "git cannot read the repository") {
		t.Errorf("no HEAD: %s", text)
	}
}

// None of these may stop a check, and each has its line.
func TestAttackFilesThatNeverEnd(t *testing.T) {
	d := newTree(t)
	d.write("good.env", "TOKEN="+token+"\n")
	d.commit("first")
	large, err := os.Create(filepath.Join(d.dir, "large.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := large.WriteString(strings.Repeat("text ", 4000)); err != nil {
		t.Fatal(err)
	}
	if err := large.Truncate(1 << 30); err != nil {
		t.Fatal(err)
	}
	large.Close()
	for name, size := range map[string]int64{"holes.log": 1 << 30, "model.gguf": 1 << 30, "small.log": 1 << 20} {
		d.write(name, "")
		if err := os.Truncate(filepath.Join(d.dir, name), size); err != nil {
			t.Fatal(err)
		}
	}
	loop := filepath.Join(d.dir, "loop")
	if err := os.Symlink(loop, loop); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(d.dir, "pipe.txt"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.write("closed.txt", "text")
	if err := os.Chmod(filepath.Join(d.dir, "closed.txt"), 0); err != nil {
		t.Fatal(err)
	}
	report := run(t, d.dir, nil)
	text := reasons(report)
	if !strings.Contains(text, "large.txt: larger than 256 MiB") || !strings.Contains(text, "holes.log: larger than 256 MiB") || strings.Contains(text, "model.gguf") || strings.Contains(text, "small.log") {
		t.Errorf("large files: %s", text)
	}
	if os.Getuid() != 0 && !strings.Contains(text, "closed.txt: permission denied") {
		t.Errorf("closed file: %s", text)
	}
	if got := summary(report); !slices.Contains(got, "secret-in-file critical good.env:1:7") {
		t.Errorf("the rest is not checked: %v", got)
	}
	plain := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(plain, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(plain, "self"), filepath.Join(plain, "self")); err != nil {
		t.Fatal(err)
	}
	text = reasons(run(t, plain, nil))
	if !strings.Contains(text, "pipe: not a file but a named pipe") || !strings.Contains(text, "self: a symbolic link that leads to itself") {
		t.Errorf("no line for pipe and link: %s", text)
	}
	if text := reasons(run(t, plain, nil, "self", "absent")); strings.Count(text, "\n") != 1 {
		t.Errorf("paths that cannot be opened: %s", text)
	}
}

// A repository must not run programs through its own configuration.
func TestAttackRepositoryRunsPrograms(t *testing.T) {
	d := newTree(t)
	mark := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "run.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch "+mark+"\ncat\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	d.write("a.txt", "text\n")
	d.commit("first")
	d.git("config", "core.fsmonitor", script)
	d.git("config", "diff.external", script)
	d.git("config", "core.pager", script)
	d.git("config", "diff.x.textconv", script)
	d.git("config", "log.showSignature", "true")
	d.git("config", "gpg.program", script)
	d.write(".gitattributes", "*.txt diff=x\n")
	d.write("a.txt", "changed\n")
	os.Remove(mark) // git add above may have run the monitor
	run(t, d.dir, &repo.Config{History: true})
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program that the repository names was run")
	}
}

// TestFilesByName: what a file is called tells what belongs on one machine, and
// what is kept for tests.
func TestFilesByName(t *testing.T) {
	d := newTree(t)
	for name, text := range map[string]string{
		"prod.ENV": "KEY=1\n", "tests/.env": "KEY=1\n", ".env.example": "KEY=1\n", "empty.env": "KEY=\n", "der.key": "\x30\x82\x04\xa4\x00", "other.key": "\x31\x82\x04\xa4\x00",
		"store.p12": "x", "testdata/store.p12": "x",
	} {
		d.write(name, text)
	}
	d.commit("first")
	d.write("gone.txt", "text")
	d.git("add", "gone.txt")
	if err := os.Remove(filepath.Join(d.dir, "gone.txt")); err != nil {
		t.Fatal(err)
	}
	d.write("real.env", "KEY=1\n")
	if err := os.Symlink("real.env", filepath.Join(d.dir, "linked.env")); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"env-file-not-ignored warning real.env", "env-file-tracked error prod.ENV",
		"key-file-tracked error der.key", "key-file-tracked error store.p12", "key-file-tracked info testdata/store.p12",
	}
	report := run(t, d.dir, nil)
	if diff := cmp.Diff(want, summary(report)); diff != "" || len(report.Incomplete) > 0 {
		t.Errorf("%s %s", diff, reasons(report))
	}
	t.Setenv("PATH", t.TempDir())
	report = run(t, d.dir, nil)
	if text := reasons(report); !strings.Contains(text, "git is not installed: index, history and what .gitignore says are not read") || report.ExitCode() != check.ExitFailed {
		t.Errorf("without git: %s", text)
	}
}

func TestTimeLimit(t *testing.T) {
	d := newTree(t)
	d.write("a.env", "X=1\n")
	d.commit("first")
	report := run(t, d.dir, &repo.Config{History: true, HistoryTime: time.Nanosecond})
	if !strings.Contains(reasons(report), "--history-time") {
		t.Errorf("%s", reasons(report))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report, err := check.Run(ctx, check.Options{Rules: repo.Rules(nil), Target: &check.Target{Dir: d.dir, Paths: []string{"."}}})
	if err != nil || len(report.Incomplete) == 0 {
		t.Errorf("interrupted: %v, %v", err, report)
	}
}

func ExampleRules() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "prod.env"), []byte("DB_PASSWORD=tr0ub4dor&3\n"), 0o600); err != nil {
		panic(err)
	}
	report, err := check.Run(context.Background(), check.Options{
		Rules:  repo.Rules(&repo.Config{}),
		Target: &check.Target{Dir: dir, Paths: []string{"."}},
	})
	if err != nil {
		panic(err)
	}
	for _, f := range report.Findings {
		fmt.Printf("%s: %s (%s)\n", f.Place, f.Title, f.Evidence)
	}
	// Output: prod.env:1:13: Password in prod.env (11 characters, assigned to "DB_PASSWORD")
}
