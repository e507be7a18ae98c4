// Package html stands in for the parser.
package html

import "io"

type Node struct{ Data string }

func Parse(r io.Reader) (*Node, error)  { return nil, nil }
func Render(w io.Writer, n *Node) error { return nil }
func EscapeString(s string) string      { return s }
