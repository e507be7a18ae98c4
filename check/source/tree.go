package source

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/merlon-go/merlon/check"
)

// maxFile bounds a file that is read: code that people or generators write is
// far smaller.
const maxFile = 16 << 20

// A Tree is what lies below the paths of a target: the folders with Go files,
// and the other files that rules about source read.
type Tree struct {
	// Dirs are the folders that hold Go files, sorted.
	Dirs []Dir
	// Mods are the go.mod files, Templates the files that look like templates
	// of html/template or text/template, as paths that can be opened, sorted.
	Mods, Templates []string
	// Problems are the files and folders that could not be read.
	Problems []*check.Unjudged

	target *check.Target
	root   string // the folder of the target, absolute
}

// A Dir is a folder with Go files.
type Dir struct {
	Path  string   // absolute
	Files []string // names of its Go files, sorted

	mod *goModule
}

// templateSuffixes are names that templates have.
var templateSuffixes = []string{".html", ".htm", ".tmpl", ".tpl", ".gohtml", ".gotmpl", ".gotpl", ".xhtml"}

// skippedDirs hold nothing that the go command builds or that its author wrote.
var skippedDirs = []string{"testdata", "node_modules", "vendor", "bower_components"}

// treeKey is the key of the shared Tree of a target.
type treeKey struct{}

// Walk returns the tree of the target, read once however many rules ask. It
// returns [check.ErrNotApplicable] if the target has no paths.
func Walk(ctx context.Context, t *check.Target) (*Tree, error) {
	if len(t.Paths) == 0 {
		return nil, check.ErrNotApplicable
	}
	return check.Shared(t, treeKey{}, func() (*Tree, error) { return walk(ctx, t) })
}

func walk(ctx context.Context, t *check.Target) (*Tree, error) {
	root, err := filepath.Abs(t.Path("."))
	if err != nil {
		return nil, err
	}
	w := walker{tree: &Tree{target: t, root: root}, dirs: map[string][]string{}, ctx: ctx}
	for _, name := range t.Paths {
		name = strings.TrimSuffix(filepath.ToSlash(name), "...")
		if name == "" {
			name = "."
		}
		start, err := filepath.Abs(t.Path(name))
		if err != nil {
			return nil, err
		}
		w.start(start)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	for dir, files := range w.dirs {
		slices.Sort(files)
		w.tree.Dirs = append(w.tree.Dirs, Dir{Path: dir, Files: slices.Compact(files)})
	}
	slices.SortFunc(w.tree.Dirs, func(a, b Dir) int { return strings.Compare(a.Path, b.Path) })
	for _, list := range []*[]string{&w.tree.Mods, &w.tree.Templates} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return w.tree, nil
}

// Rel returns the name of a file as findings give it: relative to the target's
// folder, with slashes.
func (t *Tree) Rel(file string) string {
	if rel, err := filepath.Rel(t.root, file); err == nil {
		file = rel
	}
	return filepath.ToSlash(file)
}

// Read returns the content of a file of at most maxFile bytes; what keeps it
// from being read is a problem worded for the report.
func (t *Tree) Read(file string) ([]byte, *check.Unjudged) {
	text, err := readBounded(file)
	if err != nil {
		return nil, t.problem(file, err)
	}
	return text, nil
}

var errTooLarge = errors.New("larger than 16 MiB, not read")

func readBounded(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	switch {
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file")
	case info.Size() > maxFile:
		return nil, errTooLarge
	}
	text := make([]byte, 0, info.Size()+512)
	for {
		n, err := f.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if errors.Is(err, io.EOF) {
			return text, nil
		}
		if err != nil {
			return nil, err
		}
		if len(text) > maxFile {
			return nil, errTooLarge
		}
		if len(text) == cap(text) {
			text = append(text, 0)[:len(text)]
		}
	}
}

func (t *Tree) problem(file string, err error) *check.Unjudged {
	reason := err.Error()
	switch {
	case errors.Is(err, fs.ErrPermission):
		reason = "permission denied"
	case errors.Is(err, fs.ErrNotExist):
		reason = "does not exist"
	case errors.Is(err, syscall.ELOOP):
		reason = "a symbolic link that leads to itself"
	default:
		if p, ok := errors.AsType[*fs.PathError](err); ok {
			reason = p.Err.Error()
		}
	}
	return &check.Unjudged{Place: check.Place{File: t.Rel(file)}, Reason: reason}
}

type walker struct {
	ctx  context.Context
	tree *Tree
	from string // where the present walk began
	dirs map[string][]string
}

func (w *walker) fail(file string, err error) {
	w.tree.Problems = append(w.tree.Problems, w.tree.problem(file, err))
}

// start walks from a path that the user gave, which may be a file or a link.
func (w *walker) start(path string) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		w.fail(path, err)
		return
	}
	info, err := os.Stat(real)
	if err != nil {
		w.fail(path, err)
		return
	}
	if !info.IsDir() {
		w.file(path)
		return
	}
	w.from = real
	if err := filepath.WalkDir(real, w.visit); err != nil {
		w.fail(path, err)
	}
}

func (w *walker) visit(path string, d fs.DirEntry, err error) error {
	if w.ctx.Err() != nil {
		return filepath.SkipAll
	}
	if err != nil {
		w.fail(path, err)
		return nil
	}
	name := d.Name()
	switch {
	case d.Type()&fs.ModeSymlink != 0:
		w.link(path)
	case path == w.from:
	case d.IsDir():
		if strings.HasPrefix(name, ".") && len(name) > 1 || strings.HasPrefix(name, "_") || slices.Contains(skippedDirs, name) {
			return filepath.SkipDir
		}
	case d.Type().IsRegular():
		w.file(path)
	case wanted(name):
		w.fail(path, errors.New("not a regular file"))
	}
	return nil
}

// link judges a symbolic link: one to a file is read, one to a folder is not
// followed, as the go command does not; what lies inside the tree is read there.
func (w *walker) link(path string) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		if errors.Is(err, syscall.ELOOP) || strings.Contains(err.Error(), "too many links") {
			err = syscall.ELOOP
		} else if !wanted(filepath.Base(path)) {
			return // a broken link to something that is not read anyway
		}
		w.fail(path, err)
		return
	}
	info, err := os.Stat(real)
	switch {
	case err != nil:
		w.fail(path, err)
	case !info.IsDir():
		w.file(path)
	case within(path, real):
		w.fail(path, errors.New("a symbolic link to a folder above it, not followed"))
	case !within(real, w.tree.root):
		w.fail(path, errors.New("a symbolic link out of the tree, not followed"))
	}
}

// within reports whether path lies in dir or is dir.
func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

func wanted(name string) bool {
	return strings.HasSuffix(name, ".go") || name == "go.mod" || isTemplate(name)
}

func isTemplate(name string) bool {
	return slices.ContainsFunc(templateSuffixes, func(s string) bool { return strings.HasSuffix(name, s) })
}

func (w *walker) file(path string) {
	name := filepath.Base(path)
	switch {
	case strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_"):
	case strings.HasSuffix(name, ".go"):
		dir := filepath.Dir(path)
		w.dirs[dir] = append(w.dirs[dir], name)
	case name == "go.mod":
		w.tree.Mods = append(w.tree.Mods, path)
	case isTemplate(name):
		w.tree.Templates = append(w.tree.Templates, path)
	}
}

// Holds reports whether a folder lies in the target's.
func (t *Tree) Holds(dir string) bool { return within(dir, t.root) }
