package advisories

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/internal/git"
)

// A build is one go.mod and what it selects.
type build struct {
	dir, file string // relative to the target's folder
	text      *modfile.File
	modules   []dependency
	goVersion string // the release that builds it, as in 1.26.8; "" if unknown
	goLine    int
	sum       map[string]bool // "path version" of go.sum; nil if there is none
	vendored  bool
}

// A dependency is one module of the build list.
type dependency struct {
	path, version string // what is built, after replace
	required      module.Version
	line          int // of the require line
	direct        bool
}

// maxMod bounds go.mod and go.sum, in bytes.
const maxMod = 16 << 20

type buildsKey struct{}

// builds finds every go.mod below the paths and reads it, once for all rules.
func builds(ctx context.Context, t *check.Target) ([]*build, error) {
	if len(t.Paths) == 0 {
		return nil, check.ErrNotApplicable
	}
	found, err := check.Shared(t, buildsKey{}, func() ([]*build, error) {
		var list []*build
		var errs []error
		seen := map[string]bool{}
		for _, p := range t.Paths {
			p = strings.TrimSuffix(strings.TrimSuffix(filepath.ToSlash(p), "..."), "/")
			for _, dir := range moduleDirs(t, p) {
				if seen[dir] {
					continue
				}
				seen[dir] = true
				b, err := readBuild(ctx, t, dir)
				if err != nil {
					errs = append(errs, &check.Unjudged{Place: check.Place{File: path.Join(dir, "go.mod")}, Reason: err.Error()})
				} else {
					list = append(list, b)
				}
			}
		}
		return list, errors.Join(append(errs, workspaces(ctx, t, list))...)
	})
	if len(found) == 0 && err == nil {
		return nil, check.ErrNotApplicable
	}
	return found, err
}

// moduleDirs returns the folders with a go.mod at or below p; for a p that has
// none, that of the module it lies in.
func moduleDirs(t *check.Target, p string) []string {
	if p == "" {
		p = "."
	}
	var dirs []string
	root := t.Path(p)
	_ = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error { // what cannot be read, other rules name
		if err != nil {
			return fs.SkipDir
		}
		if d.IsDir() && name != root {
			if base := d.Name(); strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "vendor" || base == "node_modules" || base == "testdata" {
				return fs.SkipDir
			}
		}
		if d.Name() == "go.mod" && d.Type().IsRegular() {
			if rest, err := filepath.Rel(root, filepath.Dir(name)); err == nil {
				dirs = append(dirs, path.Join(p, filepath.ToSlash(rest)))
			}
		}
		return nil
	})
	if len(dirs) > 0 {
		return dirs
	}
	if dir := above(t, p, "go.mod"); dir != "" {
		return []string{dir}
	}
	return nil
}

// above is the folder at or above dir that holds a file of the name, "" if none
// does.
func above(t *check.Target, dir, name string) string {
	for ; ; dir = path.Join(dir, "..") {
		if info, err := os.Stat(t.Path(path.Join(dir, name))); err == nil && info.Mode().IsRegular() {
			return dir
		}
		if full, err := filepath.Abs(t.Path(dir)); err != nil || full == filepath.Dir(full) {
			return ""
		}
	}
}

func readBuild(ctx context.Context, t *check.Target, dir string) (*build, error) {
	b := &build{dir: dir, file: path.Join(dir, "go.mod")}
	text, err := readBounded(t.Path(b.file))
	if err != nil {
		return nil, err
	}
	if b.text, err = parseMod(text); err != nil {
		return nil, err
	}
	t.Look(b.file)
	if sums, err := readBounded(t.Path(path.Join(dir, "go.sum"))); err == nil {
		b.sum = parseSum(sums)
	}
	if _, err := os.Stat(t.Path(path.Join(dir, "vendor", "modules.txt"))); err == nil {
		b.vendored = true
	}
	b.modules = selected(b.text)
	b.older(t)
	b.release(ctx, t)
	return b, nil
}

func readBounded(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		if p, ok := errors.AsType[*fs.PathError](err); ok {
			return nil, p.Err
		}
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("not a file")
	case info.Size() > maxMod:
		return nil, errors.New("larger than 16 MiB")
	}
	return os.ReadFile(name)
}

func parseMod(text []byte) (*modfile.File, error) {
	f, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		return nil, misread("go.mod", err)
	}
	return f, nil
}

// misread is the error of a file that cannot be parsed: it names the line and
// quotes nothing.
func misread(name string, err error) error {
	if list, ok := errors.AsType[modfile.ErrorList](err); ok && len(list) > 0 {
		return errors.New("line " + strconv.Itoa(list[0].Pos.Line) + " is not what a " + name + " holds")
	}
	return errors.New("not a " + name)
}

// parseSum returns the module versions that go.sum has a sum of.
func parseSum(text []byte) map[string]bool {
	known := map[string]bool{}
	for line := range bytes.Lines(text) {
		if f := strings.Fields(string(line)); len(f) == 3 {
			known[f[0]+" "+f[1]] = true
		}
	}
	return known
}

// selected returns the build list as go.mod states it, which since Go 1.17 is
// all that the packages of the module need.
func selected(f *modfile.File) []dependency {
	var list []dependency
	for _, r := range f.Require {
		d := dependency{path: r.Mod.Path, version: r.Mod.Version, required: r.Mod, direct: !r.Indirect}
		if r.Syntax != nil {
			d.line = r.Syntax.Start.Line
		}
		d.replace(f.Replace)
		list = append(list, d)
	}
	return list
}

// replace applies the replace lines, of which the last that fits counts, and
// one with a version before one without.
func (d *dependency) replace(lines []*modfile.Replace) {
	for _, old := range [...]module.Version{d.required, {Path: d.required.Path}} {
		for i := len(lines) - 1; i >= 0; i-- {
			switch r := lines[i]; {
			case r.Old != old:
				continue
			case r.New.Version == "":
				d.version = "" // a folder: its code is read as source
			default:
				d.path, d.version = r.New.Path, r.New.Version
			}
			return
		}
	}
}

// release finds the Go release that builds the module: the newest of the go
// and toolchain lines and of the go command that is installed.
func (b *build) release(ctx context.Context, t *check.Target) {
	if b.text.Go != nil {
		b.newer(b.text.Go.Version, b.text.Go.Syntax.Start.Line)
	}
	line := b.goLine
	if b.text.Toolchain != nil {
		b.newer(b.text.Toolchain.Name, b.text.Toolchain.Syntax.Start.Line)
	}
	b.newer(installed(ctx, t), line)
}

// newer takes the release if it is newer than what is known.
func (b *build) newer(version string, line int) {
	if v := canonical(version); v != "" && (b.goVersion == "" || compare(v, canonical(b.goVersion)) > 0) {
		b.goVersion, b.goLine = strings.TrimPrefix(version, "go"), line
	}
}

// installed asks the go command which release it is.
func installed(ctx context.Context, t *check.Target) string {
	version, _ := check.Shared(t, installedKey{}, func() (string, error) {
		return goEnv(ctx, "GOVERSION", "GOWORK=off", "GOFLAGS=")
	})
	version, _, _ = strings.Cut(version, " ")
	return version
}

type installedKey struct{}

// goEnv asks the go command for a variable, with more in its environment, and
// without letting it fetch another release of itself.
func goEnv(ctx context.Context, name string, more ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "env", name)
	cmd.Env = append(append(cmd.Environ(), "GOTOOLCHAIN=local"), more...)
	cmd.WaitDelay = 20 * time.Second // for who holds its output open, not for a slow machine
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

// commitDate is the date of the last commit that touched a folder, zero if it
// is part of no repository.
func commitDate(ctx context.Context, dir string) time.Time {
	r, err := git.Open(ctx, dir)
	if err != nil {
		return time.Time{}
	}
	when, _ := r.LastChange(ctx) // the dates of the files are next best
	return when
}
