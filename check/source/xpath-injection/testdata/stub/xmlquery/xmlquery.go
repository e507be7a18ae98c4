// Package xmlquery stands in for the library of that name: declarations only.
package xmlquery

type Node struct{}

func Find(top *Node, expr string) []*Node              { return nil }
func FindOne(top *Node, expr string) *Node             { return nil }
func QueryAll(top *Node, expr string) ([]*Node, error) { return nil, nil }
func (n *Node) SelectElement(name string) *Node        { return nil }
