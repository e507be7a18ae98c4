// Package taint follows values through Go programs: from where they enter (a
// request, a database row, the name of an entry in an archive) to where they do
// harm (a statement, a command, a file name, a response).
//
// [Engine] does the work once for each package. For every function it makes a
// summary: what flows from parameters to results, what is stored below
// parameters, which parameters reach which sinks, which are validated. The
// summaries of a package are a fact, so that packages are analysed apart, in
// parallel, and from a cache. Within a package the functions are analysed
// callees first, and those that call each other until nothing changes.
//
// Within a function every SSA value is a cell. Text carries labels, which say
// where it comes from and for which kinds of sink it is still dangerous;
// pointers, slices, maps and structs refer to objects with fields, which all
// their aliases share. A function as a value is an object too: its fields are
// what it is given and what it returns. Cleaners take kinds away. Guards do so too, on the ways
// that they allow: comparisons with constants, look-ups in lists, regular
// expressions (tried on attacks of each kind), functions of the program that
// validate.
//
// An analyser is one line:
//
//	var Analyzer = taint.New(Rule, taint.SQL)
//
// Channels and functions in fields of structs are followed by field and type,
// not by struct: who sends or calls there need not know who is at the other end.
//
// It does not see: values that pass through reflection, unsafe, cgo, files or
// other processes; records in contexts that hold more than text; interfaces
// that only importing packages implement; which branch a number decides.
// Functions of which neither body nor table is known hand on text and readers
// that they are given. Work is bounded in every function; what exceeds the
// bounds is listed in [Result.Unjudged].
package taint
