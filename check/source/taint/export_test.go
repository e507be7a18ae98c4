package taint

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Models reads the tables, which panics on a misspelt line.
func Models() int { return len(models().names) }

// Replaced tells what a replacement makes harmless.
func Replaced(expr, by string) Kind { return replaced(expr, by) }

// URLHead tells what a constant beginning settles.
func URLHead(s string) Kind { return urlHead(s) }

// Verbs splits a format.
func Verbs(format string) int { return len(parseFormat(format)) }

// SecretName reports whether a name is that of a secret.
func SecretName(name string) bool { return secretName(name) }

// PlainPath strips versions.
func PlainPath(path string) string { return plainPath(path) }

// TableLines returns what each line of the tables says: the word before the
// name, if there is one, the name, and a directive.
func TableLines() [][3]string {
	var all [][3]string
	entries(func(word, name string, says []string) {
		for _, full := range braces(name) {
			all = append(all, [3]string{strings.TrimSpace(word), full, strings.Join(says, " ")})
		}
	})
	return all
}

// sample has something of everything that a summary can hold.
func sample() (map[string]*Summary, []Flow) {
	way := (*step)(nil).chain(&Step{At: Position{"/a/b.go", 70000, 3}, Text: "enters"}).chain(&Step{At: Position{"/a/c.go", 1, 1}, Text: "passes"})
	flow := Flow{Class: Stored, From: Place{-1, ".x"}, To: Place{firstResult, ""}, Kinds: all, Whole: true, step: way}
	return map[string]*Summary{
		"a.F": {Params: 2, Flows: []Flow{flow, {To: Place{1, ".y"}}}, Aliases: [][]Place{{{0, ""}, {firstGlobal, ".z"}}}, Globals: []string{"a.G"}},
		"a.H": {
			Sinks:  []SinkFlow{{From: Place{0, ""}, Kind: SQL, What: "a statement", Weak: true, At: Position{"/a/b.go", 9, 2}, Writer: -1, step: way}},
			Checks: []Check{{Param: 1, Result: 0, Kinds: SQL | XSS}},
		},
	}, []Flow{flow}
}

// PackedSample is a fact as it is kept.
func PackedSample() []byte {
	funcs, global := sample()
	e := &engine{}
	w := newPacker()
	for _, name := range slices.Sorted(maps.Keys(funcs)) {
		w.function(name, funcs[name], e.steps)
	}
	w.global("a.G", global, e.steps)
	text, _ := w.pack(map[string]bool{"a.asm": true, "a.big": true}).GobEncode()
	return text
}

// SampleText is what ReadAll says of the sample.
func SampleText() string {
	funcs, global := sample()
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(funcs)) {
		show(&b, name, funcs[name])
	}
	show(&b, "a.G", &Summary{Flows: global})
	return b.String() + "true false"
}

// ReadAll reads everything that a fact says.
func ReadAll(p *Package) string {
	var b strings.Builder
	if p.packed != nil {
		for _, s := range p.packed.funcs {
			if name := p.packed.texts[s.name]; p.function(name) != nil { // it is, unless names are not sorted
				show(&b, name, p.function(name))
			}
		}
	}
	p.globals(func(name string, flows []Flow) { show(&b, name, &Summary{Flows: flows}) })
	p.global("a.G")
	return b.String() + fmt.Sprint(p.unknown("a.asm"), p.unknown("a.other"))
}

func show(b *strings.Builder, name string, s *Summary) {
	e := &engine{}
	fmt.Fprintf(b, "%s: %d params\n", name, s.Params)
	for _, f := range s.Flows {
		fmt.Fprintln(b, f.Class, f.From, f.To, f.Kinds, f.Whole, e.steps(f.step))
	}
	for _, k := range s.Sinks {
		fmt.Fprintln(b, k.From, k.Kind, k.What, k.Weak, k.At, k.Writer, e.steps(k.step))
	}
	fmt.Fprintln(b, s.Aliases, s.Checks, s.Globals)
}
