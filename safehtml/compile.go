package safehtml

import (
	"fmt"
	"html/template"
	"io"
	"strings"
	"text/template/parse"
)

// Names of the functions that this package puts into pipelines. Templates
// cannot call them usefully: they only ever escape more.
const (
	plainFunc = "_safehtml_plain"
	htmlFunc  = "_safehtml_html"
	textFunc  = "_safehtml_text"
	urlFunc   = "_safehtml_url"
)

// closeEscapes appends plain to every pipeline of the set that writes, before
// html/template adds its escapers. It so also stands in the copies that
// html/template derives for other contexts.
func closeEscapes(set *template.Template) {
	for _, t := range set.Templates() {
		if t.Tree == nil {
			continue
		}
		eachAction(t.Tree.Root, func(n *parse.ActionNode) {
			if last := len(n.Pipe.Cmds) - 1; len(n.Pipe.Decl) == 0 && identOf(n.Pipe.Cmds[last]) != plainFunc {
				n.Pipe.Cmds = append(n.Pipe.Cmds, call(plainFunc, n.Pos))
			}
		})
	}
}

// compile makes html/template escape the page and everything it calls, then
// tunes the result. The set can be executed, and no longer cloned, afterwards.
func compile(set *template.Template, name string) (*template.Template, error) {
	// Escaping happens at the first execution. This one reaches the whole page
	// and runs none of it.
	const probe = "_safehtml_probe"
	if _, err := set.New(probe).Parse(`{{if false}}{{template "` + name + `" .}}{{end}}`); err != nil {
		return nil, fmt.Errorf("safehtml: %w", err)
	}
	if err := set.ExecuteTemplate(io.Discard, probe, nil); err != nil {
		return nil, fmt.Errorf("safehtml: %w", err)
	}
	for _, t := range set.Templates() {
		if t.Tree == nil {
			continue
		}
		if err := tune(t); err != nil {
			return nil, err
		}
	}
	return set.Lookup(name), nil
}

// tune replaces pairs of functions by one of ours that does both jobs, and
// html/template's URL filter by the stricter one.
func tune(t *template.Template) error {
	var err error
	eachTemplate(t.Tree.Root, func(n *parse.TemplateNode) {
		// A template called inside an attribute or script becomes a derived copy
		// that cannot be reached from here, and so would keep the lax URL filter.
		if _, state, derived := strings.Cut(n.Name, "$htmltemplate_"); derived && !strings.HasPrefix(state, "stateRCDATA") {
			err = fmt.Errorf("safehtml: %s: {{template}} inside an attribute, a script or a style", t.Name())
		}
	})
	eachAction(t.Tree.Root, func(n *parse.ActionNode) {
		n.Pipe.Cmds = tuned(n.Pipe.Cmds)
	})
	return err
}

func tuned(cmds []*parse.CommandNode) []*parse.CommandNode {
	for i := range len(cmds) - 1 {
		if identOf(cmds[i]) != plainFunc {
			continue
		}
		var name string
		switch next := identOf(cmds[i+1]); {
		case next == "_html_template_urlfilter":
			name = urlFunc
		case i+2 < len(cmds):
			return cmds
		case next == "_html_template_htmlescaper":
			name = htmlFunc
		case next == "_html_template_rcdataescaper" || next == "_html_template_attrescaper":
			name = textFunc
		default:
			return cmds
		}
		joined := append(cmds[:i:i], call(name, cmds[i].Pos))
		return append(joined, cmds[i+2:]...)
	}
	return cmds
}

func call(name string, pos parse.Pos) *parse.CommandNode {
	return &parse.CommandNode{
		NodeType: parse.NodeCommand,
		Pos:      pos,
		Args:     []parse.Node{parse.NewIdentifier(name).SetPos(pos)},
	}
}

// identOf returns the function a command calls, or "" if it calls none.
func identOf(cmd *parse.CommandNode) string {
	if len(cmd.Args) > 0 {
		if id, ok := cmd.Args[0].(*parse.IdentifierNode); ok {
			return id.Ident
		}
	}
	return ""
}

func eachAction(node parse.Node, visit func(*parse.ActionNode)) {
	walk(node, func(n parse.Node) {
		if a, ok := n.(*parse.ActionNode); ok {
			visit(a)
		}
	})
}

func eachTemplate(node parse.Node, visit func(*parse.TemplateNode)) {
	walk(node, func(n parse.Node) {
		if a, ok := n.(*parse.TemplateNode); ok {
			visit(a)
		}
	})
}

// walk visits the nodes under node that write or contain nodes that write, in
// the order of the source.
func walk(node parse.Node, visit func(parse.Node)) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			walk(child, visit)
		}
	case *parse.IfNode:
		walk(n.List, visit)
		walk(n.ElseList, visit)
	case *parse.RangeNode:
		walk(n.List, visit)
		walk(n.ElseList, visit)
	case *parse.WithNode:
		walk(n.List, visit)
		walk(n.ElseList, visit)
	default:
		visit(node)
	}
}
