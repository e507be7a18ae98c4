package taint_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/check/source/taint"
)

var (
	function = regexp.MustCompile(`^(?:\((\*?)([\w./~-]+)\.([A-Za-z]\w*)\)|([\w./~-]+))\.([A-Za-z]\w*)$`)
	path     = regexp.MustCompile(`^[\w./~-]+$`)
	field    = regexp.MustCompile(`^[\w./~-]+\.[A-Za-z]\w*\.[A-Za-z]\w*$`)
)

// TestTablesAreWellFormed: a name that is misspelt matches nothing, silently.
func TestTablesAreWellFormed(t *testing.T) {
	std := map[string]map[string]bool{}
	said := map[string]string{}
	for _, line := range taint.TableLines() {
		word, name, says := line[0], line[1], line[2]
		ok := path.MatchString(name)
		switch word {
		case "":
			ok = function.MatchString(name) || builtinError(name)
		case "field":
			ok = field.MatchString(name)
		}
		if !ok {
			t.Errorf("%s %s: not a name", word, name)
			continue
		}
		if taint.PlainPath(name) != name {
			t.Errorf("%s: has a version, and never matches", name)
		}
		key := word + " " + name
		for have := range strings.FieldsSeq(says) {
			if strings.Contains(" "+said[key]+" ", " "+have+" ") {
				t.Errorf("%s: said twice: %s", key, have)
			}
		}
		said[key] += " " + says
		if m := function.FindStringSubmatch(name); word == "" && m != nil {
			pkgPath := m[2] + m[4]
			if _, ok := std[pkgPath]; !ok {
				std[pkgPath] = declared(t, pkgPath)
			}
			full := m[5]
			if m[3] != "" {
				full = m[3] + "." + full
			}
			if std[pkgPath] != nil && !std[pkgPath][full] && !promoted[name] {
				t.Errorf("%s: %s has no %s", name, pkgPath, full)
			}
		}
	}
}

// promoted are methods of types that have them from a type that is not
// exported.
var promoted = map[string]bool{"(*net/textproto.Conn).PrintfLine": true, "(*net.TCPConn).Read": true, "(*net.UDPConn).Read": true, "(os.FileInfo).Name": true}

func builtinError(name string) bool { return name == "(error).Error" }

// declared returns what the files of a package of the standard library
// declare: functions, variables, and methods as T.M; nil for other packages.
func declared(t *testing.T, pkgPath string) map[string]bool {
	if first, _, _ := strings.Cut(pkgPath, "/"); strings.Contains(first, ".") {
		return nil
	}
	names, _ := filepath.Glob(filepath.Join(build.Default.GOROOT, "src", filepath.FromSlash(pkgPath), "*.go"))
	if len(names) == 0 {
		t.Errorf("%s: no such package", pkgPath)
	}
	all := map[string]bool{}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				all[receiver(n)+n.Name.Name] = true
				return false
			case *ast.ValueSpec:
				for _, id := range n.Names {
					all[id.Name] = true
				}
			case *ast.TypeSpec:
				all[n.Name.Name] = true
				if i, ok := n.Type.(*ast.InterfaceType); ok {
					for _, m := range i.Methods.List {
						for _, id := range m.Names {
							all[n.Name.Name+"."+id.Name] = true
						}
					}
				}
			}
			return true
		})
	}
	return all
}

func receiver(n *ast.FuncDecl) string {
	if n.Recv == nil {
		return ""
	}
	e := n.Recv.List[0].Type
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	if index, ok := e.(*ast.IndexExpr); ok {
		e = index.X
	}
	if id, ok := e.(*ast.Ident); ok {
		return id.Name + "."
	}
	return ""
}

// modelled is where programs lie that use other people's libraries, with
// stand-ins for these below src.
const modelled = "testdata/models"

// stand reads the declarations of a stand-in for a library. Its functions do
// nothing and are not analysed.
func (w *world) stand(importPath string) {
	if w.pkgs[importPath] != nil {
		return
	}
	names, _ := filepath.Glob(filepath.Join(modelled, "src", filepath.FromSlash(importPath), "*.go"))
	var files []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(w.fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, imp := range file.Imports {
			other, _ := strconv.Unquote(imp.Path.Value)
			w.stand(other)
		}
		files = append(files, file)
	}
	if len(files) == 0 {
		return // the standard library's
	}
	pkg, err := (&types.Config{Importer: w, IgnoreFuncBodies: true}).Check(importPath, w.fset, files, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.pkgs[importPath] = pkg
}

// TestModels: what the tables say of other people's libraries.
func TestModels(t *testing.T) {
	entries, err := os.ReadDir(modelled)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "src" {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			w := newWorld(t)
			found, want := w.read("models/"+e.Name(), filepath.Join(modelled, e.Name()), w.stand)
			compare(t, found, want)
		})
	}
}
