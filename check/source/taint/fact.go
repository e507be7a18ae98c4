package taint

import (
	"fmt"
	"go/token"
	"slices"
	"strings"
)

// Roots of a function from this number on are its results and globals; those
// below are parameters (the receiver first) and free variables.
const (
	firstResult = 1000
	firstGlobal = 2000
)

// A Summary says what a function does with what it is given. Places are
// written as root and path.
type Summary struct {
	// Params is how many parameters it has, its receiver included.
	Params int
	// Flows are values that arrive at results, or are stored below parameters,
	// free variables and globals.
	Flows []Flow
	// Aliases are groups of places that refer to the same object.
	Aliases [][]Place
	// Sinks are what values from its roots reach.
	Sinks []SinkFlow
	// Checks are the parameters that it validates.
	Checks []Check
	// Globals are the names of the globals among its roots.
	Globals []string
}

// A Place is a path below a root.
type Place struct {
	Root int
	Path string
}

// A Flow is a value's way from a place or a source to a place.
type Flow struct {
	Class Class
	From  Place // if Class is Parameter
	To    Place
	Kinds Kind
	// Whole says that it holds for everything below To.
	Whole bool
	step  *step
}

// A SinkFlow is a value's way from a root to where it does harm.
type SinkFlow struct {
	From Place
	Kind Kind
	What string
	Weak bool
	At   Position
	// Writer is the parameter that must be a response writer; -1 for none.
	Writer int
	pos    token.Pos
	step   *step
}

// A Check says that a parameter has been validated for the kinds if the
// result is true, or nil for an error.
type Check struct {
	Param, Result int
	Kinds         Kind
}

// A Position is a place in a file. Unlike a token.Position it is kept in facts.
type Position struct {
	File      string
	Line, Col int
}

// String returns file:line:column.
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// A Step is one station of a trace.
type Step struct {
	At   Position
	Text string
}

// A Package is the fact that the engine exports for each package: the
// summaries of functions that others can reach, by full name, the functions
// that could not be followed, and the sources that arrive in globals. The zero
// Package says nothing; it is safe for concurrent use.
type Package struct{ packed *packed }

// AFact marks Package as a fact.
func (*Package) AFact() {}

// GobEncode returns the fact as it is kept.
func (p *Package) GobEncode() ([]byte, error) {
	if p.packed == nil {
		return nil, nil
	}
	return []byte(p.packed.all), nil
}

// GobDecode reads what GobEncode returned.
func (p *Package) GobDecode(text []byte) (err error) {
	if p.packed = nil; len(text) > 0 {
		p.packed, err = unpack(string(text))
	}
	return err
}

// function returns the summary of a function, by its full name; nil if it has
// none.
func (p *Package) function(name string) *Summary {
	if p.packed == nil {
		return nil
	}
	if r := p.packed.find(p.packed.funcs, name); r != nil {
		return r.summary()
	}
	return nil
}

// unknown reports whether a function could not be followed: unlike the others
// that have no summary, it may do anything.
func (p *Package) unknown(name string) bool {
	if p.packed == nil {
		return false
	}
	_, found := slices.BinarySearchFunc(p.packed.unknown, name, func(n uint32, name string) int { return strings.Compare(p.packed.texts[n], name) })
	return found
}

// global returns the sources that arrive in a global of the package.
func (p *Package) global(name string) []Flow {
	if p.packed == nil {
		return nil
	}
	if r := p.packed.find(p.packed.globals, name); r != nil {
		return r.flows()
	}
	return nil
}

// globals visits all globals that sources arrive in.
func (p *Package) globals(visit func(name string, flows []Flow)) {
	if p.packed == nil {
		return
	}
	for _, s := range p.packed.globals {
		visit(p.packed.texts[s.name], p.packed.open(s).flows())
	}
}

// String says how much the fact holds.
func (p *Package) String() string {
	n := 0
	if p.packed != nil {
		n = len(p.packed.funcs)
	}
	return fmt.Sprintf("taint(%d functions)", n)
}
