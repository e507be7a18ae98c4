package code

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	goversion "go/version"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/merlon-go/merlon/check"
)

// New makes the analyser of a rule that looks for patterns.
func New(rule check.Rule, look func(*Reader)) *analysis.Analyzer {
	a := analyzer(rule, Analyzer)
	a.RunDespiteErrors = true
	a.Run = func(pass *analysis.Pass) (any, error) {
		shared := pass.ResultOf[Analyzer].(*Reader)
		read := *shared
		read.pass = pass // this analyser's own Report
		look(&read)
		return nil, nil
	}
	return a
}

// analyzer makes the analyser of a rule that looks at another one's result.
func analyzer(rule check.Rule, at *analysis.Analyzer) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: strings.ReplaceAll(rule.ID, "-", ""), Doc: rule.Title + "\n\n" + rule.Why + "\n\n" + rule.Fix, URL: rule.HelpURI(),
		Requires: []*analysis.Analyzer{at},
	}
}

// Report reports a fault at the node. The category is that of a diagnostic:
// a level, a confidence, both or neither.
func (r *Reader) Report(at ast.Node, category, format string, args ...any) {
	r.pass.Report(analysis.Diagnostic{Pos: at.Pos(), End: at.End(), Category: category, Message: fmt.Sprintf(format, args...)})
}

// Fix reports a fault at the node with the edit that repairs it.
func (r *Reader) Fix(at ast.Node, category, message, what string, edits ...analysis.TextEdit) {
	r.pass.Report(analysis.Diagnostic{
		Pos: at.Pos(), End: at.End(), Category: category, Message: message,
		SuggestedFixes: []analysis.SuggestedFix{{Message: what, TextEdits: edits}},
	})
}

// Replace is the edit that puts text in the place of the node.
func Replace(n ast.Node, text string) analysis.TextEdit {
	return analysis.TextEdit{Pos: n.Pos(), End: n.End(), NewText: []byte(text)}
}

// AddField is the edit that adds a field to a literal that names its fields.
func (r *Reader) AddField(lit *ast.CompositeLit, field string) analysis.TextEdit {
	text := field
	if len(lit.Elts) > 0 {
		last := lit.Elts[len(lit.Elts)-1]
		sep := ", "
		if r.pass.Fset.Position(lit.Rbrace).Line != r.pass.Fset.Position(last.End()).Line {
			sep = ",\n"
		}
		return analysis.TextEdit{Pos: last.End(), End: last.End(), NewText: []byte(sep + text)}
	}
	return analysis.TextEdit{Pos: lit.Rbrace, End: lit.Rbrace, NewText: []byte(text)}
}

// Package is the package's name.
func (r *Reader) Package() string {
	if len(r.files) == 0 {
		return ""
	}
	return r.files[0].Name.Name
}

// Path is the package's import path.
func (r *Reader) Path() string { return r.pass.Pkg.Path() }

// Type returns an expression's type; nil if it is not known.
func (r *Reader) Type(e ast.Expr) types.Type {
	t := r.pass.TypesInfo.TypeOf(e)
	if b, ok := t.(*types.Basic); ok && b.Kind() == types.Invalid {
		return nil
	}
	return t
}

// Object returns what an identifier stands for; nil if it is not known.
func (r *Reader) Object(id *ast.Ident) types.Object { return r.pass.TypesInfo.ObjectOf(id) }

// Denoted returns what a name, or a selector by its last part, stands for; nil
// if e is neither, or that is not known.
func (r *Reader) Denoted(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return r.Object(e)
	case *ast.SelectorExpr:
		return r.Object(e.Sel)
	}
	return nil
}

// Before reports whether the code at a node is in the language of a Go before
// version, such as "go1.22", by what its file or module asks for; false where
// neither says anything.
func (r *Reader) Before(at ast.Node, version string) bool {
	language := ""
	for _, f := range r.files {
		if f.FileStart <= at.Pos() && at.Pos() <= f.FileEnd {
			language = r.pass.TypesInfo.FileVersions[f.File]
		}
	}
	if m := r.pass.Module; language == "" && m != nil && m.Path != "" && m.GoVersion == "" {
		language = "go1.16" // what a go.mod without a go line asks for
	}
	return language != "" && goversion.Compare(language, version) < 0
}

// Position returns where a position is.
func (r *Reader) Position(p token.Pos) token.Position { return r.pass.Fset.PositionFor(p, false) }

// Words splits a name in camel case or with underscores into lower case words.
func Words(name string) []string {
	var words []string
	start := 0
	lower := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
	for i := 1; i <= len(name); i++ {
		cut := i == len(name) || name[i] == '_' || name[i] == '-' || name[i] == '.' || name[i] == ' ' ||
			!lower(name[i]) && lower(name[i-1]) ||
			!lower(name[i]) && i+1 < len(name) && lower(name[i+1]) && (name[i+1] != 's' || i+2 < len(name))
		if !cut {
			continue
		}
		if word := strings.Trim(name[start:i], "_-. "); word != "" {
			words = append(words, strings.ToLower(word))
		}
		start = i
	}
	return words
}

// Mentions reports whether a name has one of the words in it, or two that
// stand together as in "api key".
func Mentions(name string, words ...string) bool {
	have := " " + strings.Join(Words(name), " ") + " "
	for _, w := range words {
		if strings.Contains(have, " "+w+" ") || strings.Contains(have, " "+w+"s ") {
			return true
		}
	}
	return false
}

// Within visits the calls inside a function, those in its literals too.
func (r *Reader) Within(f *Func, visit func(*Call)) {
	body := f.Body()
	if body == nil {
		return
	}
	r.AllCalls(func(c *Call) {
		if c.Pos() >= body.Pos() && c.End() <= body.End() {
			visit(c)
		}
	})
}

// Imported reports whether the file around a position imports the path under
// its own name.
func (r *Reader) Imported(at token.Pos, path string) bool {
	for _, f := range r.files {
		if f.FileStart <= at && at <= f.FileEnd {
			return f.Imports[packageName(path)] == path
		}
	}
	return false
}
