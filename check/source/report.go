package source

import (
	"bytes"
	"encoding/hex"
	"go/ast"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/merlon-go/merlon/check"
)

// report turns a diagnostic into a finding of the rule.
func (a *analysed) report(rule *check.Rule, d analysis.Diagnostic) {
	place := a.place(d.Pos, d.End)
	if place.File == "" || a.only != nil && !a.only[place.File] || a.isSettled(d.Pos) {
		return
	}
	f := check.Finding{ID: rule.ID, Title: d.Message, Place: place}
	f.Level, f.Confidence = Category(d.Category)
	for _, c := range []check.Confidence{check.Low, check.Medium, check.High} {
		// As the taint analysers end their messages, for readers of go vet.
		if title, ok := strings.CutSuffix(f.Title, " ("+c.String()+" confidence)"); ok {
			f.Title, f.Confidence = title, c
		}
	}
	f.Evidence = a.aside(place.File)
	if f.Evidence != "" {
		f.Confidence = check.Low
	}
	f.Level = certain(f, rule)
	if slices.Contains(strings.Fields(d.Category), "secret") {
		f.Place.NoFrame = true
		f.Key = a.lineHash(d.Pos)
	}
	for _, r := range d.Related {
		step, text := a.place(r.Pos, r.End), r.Message
		if m := elsewhere.FindStringSubmatch(text); m != nil {
			line, _ := strconv.Atoi(m[2])
			col, _ := strconv.Atoi(m[3])
			step, text = check.Place{File: m[1], Line: line, Col: col}, m[4]
		}
		if step.File != "" {
			f.Trace = append(f.Trace, check.Step{Place: step, Text: text})
		}
	}
	if n := len(f.Trace); n > 0 && filepath.IsAbs(f.Trace[n-1].Place.File) {
		f.Place = f.Trace[n-1].Place // what does harm lies in another package
	}
	if len(d.SuggestedFixes) > 0 && f.Evidence != generated {
		f.Edits = a.edits(d.SuggestedFixes[0])
	}
	same := func(other check.Finding) bool {
		// What was cut out of a broken unit is read twice, by engines that do
		// not agree on columns.
		return other.ID == f.ID && other.Place.File == f.Place.File && other.Place.Line == f.Place.Line && (a.broken || other.Place.Col == f.Place.Col)
	}
	if slices.ContainsFunc(a.result.Findings, same) {
		return
	}
	a.result.Findings = append(a.result.Findings, f)
}

// elsewhere begins the message of a step that lies in another package, which
// has no token.Pos here.
var elsewhere = regexp.MustCompile(`^(/.+\.go|[A-Za-z]:\\.+\.go):(\d+):(\d+): (.*)$`)

// certain is the finding's level: what has low confidence is worth a look, and
// fails no pipeline.
func certain(f check.Finding, rule *check.Rule) check.Level {
	confidence, level := f.Confidence, f.Level
	if confidence == 0 {
		confidence = rule.Confidence
	}
	if level == 0 {
		level = rule.Level
	}
	if confidence == check.Low && level > check.Info {
		return check.Info
	}
	return f.Level
}

// Category reads what a diagnostic's Category says: zero values leave what the
// rule says.
func Category(text string) (level check.Level, confidence check.Confidence) {
	for word := range strings.FieldsSeq(text) {
		if l, err := check.ParseLevel(word); err == nil {
			level = l
			continue
		}
		switch word {
		case "high":
			confidence = check.High
		case "medium":
			confidence = check.Medium
		case "low":
			confidence = check.Low
		}
	}
	return level, confidence
}

// place returns the place between two positions, or the zero Place.
func (a *analysed) place(pos, end token.Pos) check.Place {
	if !pos.IsValid() || a.fset.File(pos) == nil {
		return check.Place{}
	}
	// Line directives would lead to a file that is not there.
	from := a.fset.PositionFor(pos, false)
	p := check.Place{File: filepath.Base(from.Filename), Line: from.Line, Col: from.Column, Function: a.function(pos)}
	if end > pos && a.fset.File(end) == a.fset.File(pos) {
		to := a.fset.PositionFor(end, false)
		p.EndLine, p.EndCol = to.Line, to.Column
	}
	return p
}

// lineHash stands for the text of a line that must not be shown.
func (a *analysed) lineHash(pos token.Pos) string {
	at := a.fset.PositionFor(pos, false)
	lines := bytes.SplitN(a.source[at.Filename], []byte("\n"), at.Line+1)
	if at.Line > len(lines) {
		return ""
	}
	h := newDigest("line", strings.Join(strings.Fields(string(lines[at.Line-1])), " ")).sum()
	return hex.EncodeToString(h[:8])
}

// function names the declared function around a position.
func (a *analysed) function(pos token.Pos) string {
	for _, f := range a.loaded.files {
		if pos < f.FileStart || pos > f.FileEnd {
			continue
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Pos() <= pos && pos <= fn.End() {
				return functionName(fn)
			}
		}
	}
	return ""
}

func functionName(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return fn.Name.Name
	}
	t := fn.Recv.List[0].Type
	star := ""
	if s, ok := t.(*ast.StarExpr); ok {
		t, star = s.X, "*"
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		t = x.X
	case *ast.IndexListExpr:
		t = x.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return "(" + star + id.Name + ")." + fn.Name.Name
	}
	return fn.Name.Name
}

// aside says why faults in the unit's file matter less; "" if they do not.
func (a *analysed) aside(name string) string {
	for _, f := range a.unit.files {
		if f.name == name {
			return f.aside
		}
	}
	return ""
}

// edits turns a suggested fix into edits; nil if it leaves the package's files.
func (a *analysed) edits(fix analysis.SuggestedFix) []check.Edit {
	var list []check.Edit
	for _, e := range fix.TextEdits {
		file := a.fset.File(e.Pos)
		end := e.End
		if !end.IsValid() {
			end = e.Pos
		}
		if file == nil || a.fset.File(end) != file || end < e.Pos {
			return nil
		}
		list = append(list, check.Edit{File: filepath.Base(file.Name()), Start: file.Offset(e.Pos), End: file.Offset(end), Text: string(e.NewText)})
	}
	return list
}
