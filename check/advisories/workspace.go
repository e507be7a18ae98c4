package advisories

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/merlon-go/merlon/check"
)

// A workspace is a go.work and the modules that it builds together.
type workspace struct {
	file   string // relative to the target's folder
	text   *modfile.WorkFile
	mods   []*modfile.File // of all use lines
	builds []*build        // those among them that are judged
}

// workspaces lets the modules of a go.work select their versions together, as
// the go command does: the newest that one of them asks for, and what go.work
// replaces. GOWORK=off switches that off there, so it does here.
func workspaces(ctx context.Context, t *check.Target, list []*build) error {
	below := map[string][]*build{}
	var dirs []string
	for _, b := range list {
		if dir := above(t, b.dir, "go.work"); dir != "" {
			if below[dir] == nil {
				dirs = append(dirs, dir)
			}
			below[dir] = append(below[dir], b)
		}
	}
	if len(dirs) == 0 || switchedOut(ctx) {
		return nil
	}
	var errs []error
	for _, dir := range dirs {
		w, err := readWork(t, dir, below[dir])
		if err != nil {
			errs = append(errs, &check.Unjudged{Place: check.Place{File: path.Join(dir, "go.work")}, Reason: err.Error()})
			continue
		}
		w.join(t)
	}
	return errors.Join(errs...)
}

// switchedOut asks the go command whether GOWORK=off is set for it.
func switchedOut(ctx context.Context) bool {
	value, err := goEnv(ctx, "GOWORK")
	return err == nil && value == "off"
}

// readWork reads the go.work in dir, of which the builds are at or below it.
func readWork(t *check.Target, dir string, below []*build) (*workspace, error) {
	w := &workspace{file: path.Join(dir, "go.work")}
	text, err := readBounded(t.Path(w.file))
	if err != nil {
		return nil, err
	}
	t.Look(w.file)
	if w.text, err = parseWork(text); err != nil {
		return nil, err
	}
	known := map[string][]*build{}
	for _, b := range below {
		if full, err := filepath.Abs(t.Path(b.dir)); err == nil {
			known[full] = append(known[full], b)
		}
	}
	for _, u := range w.text.Use {
		used := w.dir(t, u)
		if full, err := filepath.Abs(used); err == nil && known[full] != nil {
			w.builds = append(w.builds, known[full]...)
			w.mods = append(w.mods, known[full][0].text)
		} else if text, err := readBounded(filepath.Join(used, "go.mod")); err == nil { // what is not among the paths has a say too
			if mod, err := parseMod(text); err == nil {
				w.mods = append(w.mods, mod)
			}
		}
	}
	return w, nil
}

// dir is the folder that a use line names.
func (w *workspace) dir(t *check.Target, u *modfile.Use) string {
	if dir := filepath.FromSlash(u.Path); filepath.IsAbs(dir) {
		return dir
	}
	return t.Path(path.Join(path.Dir(w.file), u.Path))
}

func parseWork(text []byte) (*modfile.WorkFile, error) {
	f, err := modfile.ParseWork("go.work", text, nil)
	if err != nil {
		return nil, misread("go.work", err)
	}
	return f, nil
}

// join gives every module of the workspace what all of them select.
func (w *workspace) join(t *check.Target) {
	newest, own := map[string]string{}, map[string]bool{}
	var replace []*modfile.Replace
	for _, mod := range w.mods {
		if mod.Module != nil {
			own[mod.Module.Mod.Path] = true
		}
		for _, r := range mod.Require {
			if semver.Compare(r.Mod.Version, newest[r.Mod.Path]) > 0 {
				newest[r.Mod.Path] = r.Mod.Version
			}
		}
		replace = append(replace, mod.Replace...)
	}
	replace = append(replace, w.text.Replace...) // go.work has the last word
	sums := map[string]bool{}
	if text, err := readBounded(t.Path(w.file + ".sum")); err == nil {
		maps.Copy(sums, parseSum(text))
	}
	for _, b := range w.builds {
		maps.Copy(sums, b.sum)
	}
	_, err := os.Stat(t.Path(path.Join(path.Dir(w.file), "vendor", "modules.txt")))
	for _, b := range w.builds {
		if b.sum != nil || len(sums) > 0 {
			b.sum = sums
		}
		b.vendored = b.vendored || err == nil
		for i := range b.modules {
			d := &b.modules[i]
			if v := newest[d.required.Path]; v != "" {
				d.required.Version = v
			}
			d.path, d.version = d.required.Path, d.required.Version
			if own[d.path] {
				d.version = "" // one of the workspace: its code is read as source
				continue
			}
			d.replace(replace)
		}
		if w.text.Go != nil {
			b.newer(w.text.Go.Version, b.goLine)
		}
		if w.text.Toolchain != nil {
			b.newer(w.text.Toolchain.Name, b.goLine)
		}
	}
}

// older adds what a module of before Go 1.17 needs: its go.mod names its own
// imports alone, vendor/modules.txt or the sums of code in go.sum the rest.
func (b *build) older(t *check.Target) {
	if b.text.Go != nil && semver.Compare(canonical(b.text.Go.Version), "v1.17.0") >= 0 {
		return
	}
	listed := map[string]bool{}
	for _, d := range b.modules {
		listed[d.required.Path] = true
	}
	newest := map[string]string{}
	take := func(modulePath, version string) {
		if !listed[modulePath] && semver.Compare(version, newest[modulePath]) > 0 {
			newest[modulePath] = version
		}
	}
	if text, err := readBounded(t.Path(b.path("vendor/modules.txt"))); err == nil {
		for _, m := range parseVendored(text) {
			take(m.Path, m.Version)
		}
	} else {
		for entry := range b.sum {
			if modulePath, version, _ := strings.Cut(entry, " "); !strings.HasSuffix(version, "/go.mod") {
				take(modulePath, version)
			}
		}
	}
	line := 1
	if b.text.Go != nil {
		line = b.text.Go.Syntax.Start.Line
	}
	for _, modulePath := range slices.Sorted(maps.Keys(newest)) {
		d := dependency{path: modulePath, version: newest[modulePath], required: module.Version{Path: modulePath, Version: newest[modulePath]}, line: line}
		d.replace(b.text.Replace)
		b.modules = append(b.modules, d)
	}
}

// parseVendored reads vendor/modules.txt.
func parseVendored(text []byte) []module.Version {
	var list []module.Version
	for line := range bytes.Lines(text) {
		if f := strings.Fields(string(line)); len(f) >= 3 && f[0] == "#" && semver.IsValid(f[2]) {
			list = append(list, module.Version{Path: f[1], Version: f[2]})
		}
	}
	return list
}
