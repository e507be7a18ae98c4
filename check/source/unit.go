package source

import (
	"crypto/sha256"
	"go/ast"
	"go/build"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/merlon-go/merlon/check"
)

// A unit is what is analysed at a time: a package on one platform.
type unit struct {
	dir   string
	mod   *goModule
	path  string // the import path
	plat  platform
	files []*file
	// only holds the files whose findings count; nil means all. A package has
	// one unit that counts all, and more for files of other platforms.
	only map[string]bool

	imports []string
	deps    []*unit // the packages of the tree that it imports
	key     [32]byte
	out     [32]byte // what dependants see of it
	result  *result
}

// size is how much source the unit has, in bytes.
func (u *unit) size() (n int) {
	for _, f := range u.files {
		n += f.size
	}
	return n
}

// A file is what is known of a Go file before it is loaded.
type file struct {
	name    string // without folder
	hash    [32]byte
	api     [32]byte
	pkg     string
	imports []string
	aside   string // why faults in it matter less; "" for what is built and shipped
	test    bool
	size    int
	src     []byte // only while units are made
}

// maxVariants bounds how many platforms one folder is analysed for.
const maxVariants = 12

// scan makes the units of a folder.
func (d *driver) scan(dir Dir) (units []*unit, problems []*check.Unjudged) {
	mod := dir.mod
	var files []*file
	for _, name := range dir.Files {
		if strings.HasSuffix(name, "_test.go") && !d.config.Tests {
			continue
		}
		f, problem := d.readFile(filepath.Join(dir.Path, name))
		if problem != nil {
			problems = append(problems, problem)
			continue
		}
		files = append(files, f)
	}
	base := d.tools.platform()
	rest := files
	for n := 0; len(rest) > 0 && n < maxVariants; n++ {
		plat := base
		if n > 0 {
			plat = d.platformFor(dir.Path, rest[0])
		}
		var taken []*file
		taken, rest = split(rest, func(f *file) bool { return n > 0 && f == rest[0] || d.matches(plat, dir.Path, f) })
		all := taken
		if n > 0 {
			all = slices.DeleteFunc(slices.Clone(files), func(f *file) bool {
				return f.pkg != taken[0].pkg || !slices.Contains(taken, f) && !d.matches(plat, dir.Path, f)
			})
			if strings.Contains(","+plat.tags+",", ",ignore,") {
				all = taken[:1]
				rest = append(taken[1:], rest...)
				taken = all
			}
		}
		units = append(units, d.group(dir.Path, mod, plat, all, taken, n > 0)...)
	}
	for _, f := range rest {
		problems = append(problems, &check.Unjudged{Place: check.Place{File: d.tree.Rel(filepath.Join(dir.Path, f.name))}, Reason: "no platform was found that its build constraints admit"})
	}
	for _, f := range files {
		f.src = nil
	}
	return units, problems
}

// split divides files in order.
func split(files []*file, in func(*file) bool) (yes, no []*file) {
	for _, f := range files {
		if in(f) {
			yes = append(yes, f)
		} else {
			no = append(no, f)
		}
	}
	return yes, no
}

// group makes a unit for each package name among the files.
func (d *driver) group(dir string, mod *goModule, plat platform, all, judged []*file, variant bool) []*unit {
	var units []*unit
	byName := map[string]*unit{}
	for _, f := range all {
		u := byName[f.pkg]
		if u == nil {
			u = &unit{dir: dir, mod: mod, path: mod.importPath(dir), plat: plat}
			if strings.HasSuffix(f.pkg, "_test") && f.test {
				u.path += "_test"
			}
			byName[f.pkg] = u
			units = append(units, u)
		}
		u.files = append(u.files, f)
		u.imports = append(u.imports, f.imports...)
	}
	for _, u := range units {
		slices.Sort(u.imports)
		u.imports = slices.Compact(u.imports)
		if variant {
			u.only = map[string]bool{}
			for _, f := range judged {
				u.only[f.name] = true
			}
		}
	}
	return units
}

func (d *driver) readFile(full string) (*file, *check.Unjudged) {
	src, problem := d.tree.Read(full)
	if problem != nil {
		return nil, problem
	}
	f := &file{name: filepath.Base(full), src: src, size: len(src), hash: sha256.Sum256(src), api: sha256.Sum256(stripBodies(src)), test: strings.HasSuffix(full, "_test.go")}
	if strings.Contains(string(src), "merlon:ignore") {
		d.look(full)
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), full, src, parser.ImportsOnly|parser.ParseComments)
	if parsed == nil || parsed.Name == nil || parsed.Name.Name == "_" && err != nil || parsed.Name.Name == "" {
		return nil, &check.Unjudged{Place: check.Place{File: d.tree.Rel(full)}, Reason: "not Go: no package clause was found"}
	}
	f.pkg = parsed.Name.Name
	for _, spec := range parsed.Imports {
		if name, err := strconv.Unquote(spec.Path.Value); err == nil {
			f.imports = append(f.imports, name)
		}
	}
	f.aside = f.standsAside(ast.IsGenerated(parsed))
	return f, nil
}

// generated is why a generated file stands aside: its faults are mended in
// what it was made from.
const generated = "a generated file"

// standsAside says why faults in a file matter less than in others: nobody
// wrote it, only tests run it, or it is built only if a tag for developers is
// asked for.
func (f *file) standsAside(made bool) string {
	if made {
		return generated
	}
	if !f.test && slices.Contains(f.imports, "testing") {
		return "code for tests: the file imports testing"
	}
	expr := buildLine(f.src)
	if expr == nil || released(expr, true) {
		return ""
	}
	return "built only for developers: " + expr.String()
}

// released reports whether some release has an expression be as wanted: its
// platform and other tags are free, those of developers are not set.
func released(x constraint.Expr, wanted bool) bool {
	switch x := x.(type) {
	case *constraint.TagExpr:
		return !wanted || !developing[x.Tag]
	case *constraint.NotExpr:
		return released(x.X, !wanted)
	case *constraint.AndExpr:
		if !wanted {
			return released(x.X, false) || released(x.Y, false)
		}
		return released(x.X, true) && released(x.Y, true)
	case *constraint.OrExpr:
		if !wanted {
			return released(x.X, false) && released(x.Y, false)
		}
		return released(x.X, true) || released(x.Y, true)
	}
	return true
}

// developing are tags that no release is built with.
var developing = map[string]bool{
	"debug": true, "profile": true, "profiling": true, "pprof": true, "dev": true, "development": true,
	"test": true, "tests": true, "testing": true, "e2e": true, "integration": true, "example": true, "examples": true, "mock": true, "mocks": true,
}

func (d *driver) matches(p platform, dir string, f *file) bool {
	ctxt := d.context(p)
	return matches(&ctxt, dir, f.name, f.src)
}

func (d *driver) context(p platform) build.Context { return d.tools.context(p) }

// Systems and architectures that are tried for files which the host's platform
// leaves out, likelier ones first.
var (
	otherSystems       = []string{"linux", "windows", "darwin", "freebsd", "openbsd", "netbsd", "dragonfly", "solaris", "illumos", "aix", "plan9", "android", "ios"}
	otherArchitectures = []string{"amd64", "arm64", "386", "arm", "ppc64le", "s390x", "riscv64", "loong64", "mips64le", "mipsle", "ppc64", "mips64", "mips"}
)

// platformFor finds a platform that the file is built for, changing as little
// as possible. Tags that are asked for are set.
func (d *driver) platformFor(dir string, f *file) platform {
	base := d.tools.platform()
	for _, tags := range []string{"", wantedTags(f.src)} {
		p := base
		p.tags = tags
		for _, cgo := range []bool{true, false} {
			p.cgo = cgo
			if d.matches(p, dir, f) {
				return p
			}
			for _, os := range otherSystems {
				p.os = os
				if d.matches(p, dir, f) {
					return p
				}
				p.os = base.os
			}
		}
		p.cgo = true
		for _, os := range slices.Concat([]string{base.os}, otherSystems) {
			for _, arch := range otherArchitectures {
				p.os, p.arch = os, arch
				if d.matches(p, dir, f) {
					return p
				}
			}
		}
		p.os, p.arch = "js", "wasm"
		if d.matches(p, dir, f) {
			return p
		}
		p.os = "wasip1"
		if d.matches(p, dir, f) {
			return p
		}
	}
	base.tags = wantedTags(f.src)
	return base
}

// wantedTags lists the tags that the file's //go:build line names without
// negation.
func wantedTags(src []byte) string {
	expr := buildLine(src)
	if expr == nil {
		return ""
	}
	var tags []string
	addTags(expr, false, &tags)
	slices.Sort(tags)
	return strings.Join(slices.Compact(tags), ",")
}

// buildLine reads the file's //go:build line; nil if it has none.
func buildLine(src []byte) constraint.Expr {
	for line := range strings.Lines(string(src)) {
		line = strings.TrimSpace(line)
		if constraint.IsGoBuild(line) {
			expr, err := constraint.Parse(line)
			if err != nil {
				return nil
			}
			return expr
		}
		if strings.HasPrefix(line, "package ") {
			break
		}
	}
	return nil
}

func addTags(x constraint.Expr, not bool, tags *[]string) {
	switch x := x.(type) {
	case *constraint.TagExpr:
		known := slices.Contains(otherSystems, x.Tag) || slices.Contains(otherArchitectures, x.Tag) ||
			slices.Contains([]string{"js", "wasm", "wasip1", "unix", "cgo", "gc", "gccgo"}, x.Tag) || strings.HasPrefix(x.Tag, "go1.")
		if !not && !known {
			*tags = append(*tags, x.Tag)
		}
	case *constraint.NotExpr:
		addTags(x.X, !not, tags)
	case *constraint.AndExpr:
		addTags(x.X, not, tags)
		addTags(x.Y, not, tags)
	case *constraint.OrExpr:
		addTags(x.X, not, tags)
		addTags(x.Y, not, tags)
	}
}
