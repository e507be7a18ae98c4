package source

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// A goModule is a module of the tree, or the absence of one.
type goModule struct {
	dir, path string // path is "" for files without a go.mod
	goVersion string // "1.24", "" if not said
	vendor    bool   // its dependencies lie in its vendor folder
	requires  []dependency
	text      string // what of its files decides about dependencies
	textHash  string // the same for the cache
	problem   string
}

// A dependency is where the packages of a required module lie.
type dependency struct{ path, dir string }

// modules knows the modules of a tree.
type modules struct {
	tools *toolchain
	byDir map[string]*goModule // folder → nearest module
	list  []*goModule
}

// of returns the module that a folder belongs to.
func (m *modules) of(dir string) *goModule {
	if known, ok := m.byDir[dir]; ok {
		return known
	}
	var found *goModule
	file := filepath.Join(dir, "go.mod")
	if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
		found = m.load(dir, file)
		m.list = append(m.list, found)
	} else if parent := filepath.Dir(dir); parent != dir {
		found = m.of(parent)
	} else {
		found = &goModule{dir: dir}
	}
	m.byDir[dir] = found
	return found
}

func (m *modules) load(dir, file string) *goModule {
	mod := &goModule{dir: dir}
	text, err := readBounded(file)
	if err != nil {
		mod.problem = "go.mod cannot be read"
		return mod
	}
	f, err := modfile.ParseLax(file, text, nil)
	if err != nil || f.Module == nil {
		mod.problem = "go.mod is not well formed: imports of other modules stay unknown"
		if f == nil || f.Module == nil {
			return mod
		}
	}
	// ParseLax leaves out replace directives, which a main module needs.
	if strict, err := modfile.Parse(file, text, func(_, version string) (string, error) { return version, nil }); err == nil {
		f = strict
	}
	mod.path = f.Module.Mod.Path
	if f.Go != nil {
		mod.goVersion = f.Go.Version
	}
	sum, _ := readBounded(filepath.Join(dir, "go.sum")) // its absence is another rule's business
	mod.text = string(text) + "\x00" + string(sum)
	mod.vendor = m.vendored(mod)
	m.require(mod, f)
	return mod
}

// vendored reports whether the go command would use the vendor folder.
func (m *modules) vendored(mod *goModule) bool {
	if strings.Contains(m.tools.GOFLAGS, "-mod=mod") {
		return false
	}
	list, err := readBounded(filepath.Join(mod.dir, "vendor", "modules.txt"))
	if err != nil {
		return false
	}
	mod.text += "\x00" + string(list) + "\x00" + vendorListing(filepath.Join(mod.dir, "vendor"))
	return true
}

// vendorListing changes with every change to a vendored file.
func vendorListing(dir string) string {
	var b strings.Builder
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error { // what cannot be read is not there for imports either
		if err != nil || !strings.HasSuffix(path, ".go") {
			return nil
		}
		if info, err := d.Info(); err == nil {
			b.WriteString(path[len(dir):] + " " + info.ModTime().UTC().String() + " " + info.Mode().String() + "\n")
		}
		return nil
	})
	return b.String()
}

// require notes where each required module lies. Since Go 1.17 go.mod lists
// every module that a build needs, so the module graph need not be walked.
func (m *modules) require(mod *goModule, f *modfile.File) {
	replaced := map[string]module.Version{} // "path@version" or "path" → what takes its place
	for _, r := range f.Replace {
		key := r.Old.Path
		if r.Old.Version != "" {
			key += "@" + r.Old.Version
		}
		replaced[key] = r.New
	}
	for _, r := range f.Require {
		v := r.Mod
		by, ok := replaced[v.Path+"@"+v.Version]
		if !ok {
			by, ok = replaced[v.Path]
		}
		if ok {
			v = by
		}
		if dir := m.dirOf(mod, v); dir != "" {
			mod.requires = append(mod.requires, dependency{r.Mod.Path, dir})
		}
	}
	slices.SortFunc(mod.requires, func(a, b dependency) int { return len(b.path) - len(a.path) })
}

func (m *modules) dirOf(mod *goModule, v module.Version) string {
	if v.Version == "" { // a folder
		if filepath.IsAbs(v.Path) {
			return filepath.FromSlash(v.Path)
		}
		return filepath.Join(mod.dir, filepath.FromSlash(v.Path))
	}
	path, err := module.EscapePath(v.Path)
	if err != nil || !semver.IsValid(v.Version) || m.tools.GOMODCACHE == "" {
		return ""
	}
	version, err := module.EscapeVersion(v.Version)
	if err != nil {
		return ""
	}
	return filepath.Join(m.tools.GOMODCACHE, filepath.FromSlash(path)+"@"+version)
}

// importPath returns the path that a folder of the tree is imported by.
func (mod *goModule) importPath(dir string) string {
	rel, err := filepath.Rel(mod.dir, dir)
	if err != nil || mod.path == "" {
		return filepath.ToSlash(dir)
	}
	if rel == "." {
		return mod.path
	}
	return mod.path + "/" + filepath.ToSlash(rel)
}

// resolve returns the folder that an import names, or "" if it is not on the
// disk. inStd says that the importer belongs to the standard library.
func (m *modules) resolve(mod *goModule, path string, inStd bool) (dir string, std bool) {
	if m.tools.GOROOT != "" {
		src := filepath.Join(m.tools.GOROOT, "src")
		if inStd {
			if dir := filepath.Join(src, "vendor", filepath.FromSlash(path)); isDir(dir) {
				return dir, true
			}
		}
		if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
			if dir := filepath.Join(src, filepath.FromSlash(path)); isDir(dir) {
				return dir, true
			}
		}
	}
	if inStd || mod == nil {
		return "", false
	}
	if rest, ok := below(path, mod.path); ok {
		if dir := filepath.Join(mod.dir, rest); isDir(dir) {
			return dir, false
		}
	}
	if mod.vendor {
		if dir := filepath.Join(mod.dir, "vendor", filepath.FromSlash(path)); isDir(dir) {
			return dir, false
		}
	}
	if m.inWorkspace() {
		if dir := m.inTree(path); dir != "" {
			return dir, false
		}
		if dir := filepath.Join(filepath.Dir(m.tools.GOWORK), "vendor", filepath.FromSlash(path)); isDir(dir) {
			return dir, false
		}
	}
	for _, r := range mod.requires {
		if rest, ok := below(path, r.path); ok {
			if dir := filepath.Join(r.dir, rest); isDir(dir) {
				return dir, false
			}
		}
	}
	if dir := m.vendoredAbove(mod, path); dir != "" {
		return dir, false
	}
	return m.inTree(path), false
}

func (m *modules) inWorkspace() bool { return m.tools.GOWORK != "" && m.tools.GOWORK != "off" }

// workspace adds the modules of the go.work that lie beside what is read: it
// may import them.
func (m *modules) workspace() {
	if !m.inWorkspace() {
		return
	}
	text, err := readBounded(m.tools.GOWORK)
	if err != nil {
		return // imports that lead there are named
	}
	f, err := modfile.ParseWork(m.tools.GOWORK, text, nil)
	if err != nil {
		return
	}
	for _, u := range f.Use {
		dir := filepath.FromSlash(u.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(m.tools.GOWORK), dir)
		}
		m.of(dir)
	}
}

// vendoredAbove looks in the vendor folder of a module around this one, which
// shares most of its dependencies: better than nothing, if they are nowhere
// else.
func (m *modules) vendoredAbove(mod *goModule, path string) string {
	for parent := filepath.Dir(mod.dir); mod.path != "" && parent != mod.dir; parent = filepath.Dir(mod.dir) {
		if mod = m.byDir[parent]; mod == nil {
			return ""
		}
		if dir := filepath.Join(mod.dir, "vendor", filepath.FromSlash(path)); mod.vendor && isDir(dir) {
			return dir
		}
	}
	return ""
}

// inTree looks for the package among the modules of the tree and of its
// workspace: in a workspace that is where it is, and without one it is better
// than nothing.
func (m *modules) inTree(path string) string {
	for _, other := range m.list {
		if rest, ok := below(path, other.path); ok {
			if dir := filepath.Join(other.dir, rest); isDir(dir) {
				return dir
			}
		}
	}
	return ""
}

// below returns the rest of path under the module, as a file path.
func below(path, mod string) (string, bool) {
	if mod == "" {
		return "", false
	}
	rest, ok := strings.CutPrefix(path, mod)
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	return filepath.FromSlash(strings.TrimPrefix(rest, "/")), true
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
