package taint

import (
	"fmt"
	"go/token"
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
	Trace []Step
	step  *step
}

// A SinkFlow is a value's way from a root to where it does harm.
type SinkFlow struct {
	From  Place
	Kind  Kind
	What  string
	Weak  bool
	Trace []Step
	At    Position
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

func (p Position) position() token.Position {
	return token.Position{Filename: p.File, Line: p.Line, Column: p.Col}
}

// A Step is one station of a trace.
type Step struct {
	At   Position
	Text string
}

// A Package is the fact that the engine exports for each package: the
// summaries of functions that others can reach, by full name.
type Package struct {
	Funcs map[string]*Summary
	// Unknown are the functions that could not be followed: unlike the others
	// that Funcs lacks, they may do anything.
	Unknown map[string]bool
	// Globals are the sources that arrive in globals of the package.
	Globals map[string][]Flow
}

// AFact marks Package as a fact.
func (*Package) AFact() {}

// String says how much the fact holds.
func (p *Package) String() string { return fmt.Sprintf("taint(%d functions)", len(p.Funcs)) }
