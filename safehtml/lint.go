package safehtml

import (
	"errors"
	"fmt"
	"strings"
	"text/template/parse"
)

// Marks that stand for actions in the text that lint reads. Neither may occur
// in HTML.
const (
	someAction = '\x01'
	csrfAction = '\x02'
)

// lint refuses what a strict policy would break or what hides a hole. It reads
// the text of each template with all branches one after the other.
func (t *Templates) lint(p *page) error {
	trees := map[string]*parse.Tree{}
	for _, tmpl := range p.source.Templates() {
		if tmpl.Tree != nil {
			trees[tmpl.Name()] = tmpl.Tree
		}
	}
	var errs []error
	for name, tree := range trees {
		l := linter{name: name, config: &t.config}
		l.read(flatten(tree.Root, trees))
		errs = append(errs, l.errs...)
	}
	return errors.Join(errs...)
}

// flatten returns the text under root with a mark for every action.
func flatten(root parse.Node, trees map[string]*parse.Tree) string {
	var b strings.Builder
	walk(root, func(n parse.Node) {
		switch n := n.(type) {
		case *parse.TextNode:
			b.Write(n.Text)
		case *parse.ActionNode:
			if len(n.Pipe.Decl) == 0 {
				b.WriteByte(mark(callsCSRF(n)))
			}
		case *parse.TemplateNode:
			b.WriteByte(mark(holdsCSRF(n.Name, trees, map[string]bool{})))
		}
	})
	return b.String()
}

func mark(csrf bool) byte {
	if csrf {
		return csrfAction
	}
	return someAction
}

func callsCSRF(n *parse.ActionNode) bool {
	return len(n.Pipe.Cmds) > 0 && identOf(n.Pipe.Cmds[0]) == "csrfField"
}

// holdsCSRF reports whether the named template writes the CSRF field, itself or
// through one that it calls.
func holdsCSRF(name string, trees map[string]*parse.Tree, seen map[string]bool) bool {
	tree := trees[name]
	if tree == nil || seen[name] {
		return false
	}
	seen[name] = true
	found := false
	eachAction(tree.Root, func(n *parse.ActionNode) { found = found || callsCSRF(n) })
	eachTemplate(tree.Root, func(n *parse.TemplateNode) { found = found || holdsCSRF(n.Name, trees, seen) })
	return found
}

// linter reads one template.
type linter struct {
	name   string
	config *Config
	errs   []error
	form   string // the open form: "", "post" or "away" (posts to another site)
	field  bool   // whether the open form has its CSRF field
}

func (l *linter) complain(format string, args ...any) {
	l.errs = append(l.errs, fmt.Errorf("safehtml: %s: "+format, append([]any{l.name}, args...)...))
}

// read goes through the text tag by tag, as a browser's tokenizer would.
func (l *linter) read(html string) {
	for html != "" {
		i := strings.IndexAny(html, "<\x02")
		if i < 0 {
			break
		}
		if html[i] == csrfAction {
			l.csrf()
			html = html[i+1:]
			continue
		}
		html = html[i+1:]
		switch {
		case strings.HasPrefix(html, "!--"):
			_, html, _ = strings.Cut(html, "-->")
		case strings.HasPrefix(html, "/"):
			var name string
			name, html = tagName(html[1:])
			if name == "form" {
				l.closeForm()
			}
		case html != "" && isLetter(html[0]):
			html = l.tag(html)
		}
	}
	l.closeForm()
}

func (l *linter) csrf() {
	if l.form == "away" {
		l.complain("a form that posts to another site would hand it the CSRF token")
	}
	l.field = true
}

func (l *linter) closeForm() {
	if l.form == "post" && !l.field && !l.config.AllowFormWithoutCSRF {
		l.complain("a form posts without {{csrfField}}")
	}
	l.form, l.field = "", false
}

// tag reads one start tag, and the whole element where its content is not
// markup. It returns what follows.
func (l *linter) tag(html string) string {
	name, rest := tagName(html)
	attributes, rest := readAttributes(rest)
	l.checkAttributes(name, attributes)
	switch name {
	case "form":
		l.closeForm()
		if strings.EqualFold(attributes["method"], "post") {
			l.form = "post"
			if action := strings.ToLower(attributes["action"]); strings.HasPrefix(action, "//") || strings.Contains(action, "://") {
				l.form = "away"
			}
		}
	case "script", "style", "textarea", "title":
		l.checkNonce(name, attributes)
		end := strings.Index(strings.ToLower(rest), "</"+name)
		if end < 0 {
			return ""
		}
		return rest[end:]
	case "meta":
		if strings.EqualFold(attributes["http-equiv"], "refresh") && strings.ContainsRune(attributes["content"], someAction) {
			l.complain("<meta http-equiv=refresh> with a value in it: where it leads is not checked")
		}
	case "base":
		l.inline("<base> changes where every link leads")
	}
	return rest
}

func (l *linter) inline(format string, args ...any) {
	if !l.config.AllowInline {
		l.complain(format, args...)
	}
}

func (l *linter) checkAttributes(tag string, attributes map[string]string) {
	for name, value := range attributes {
		switch {
		case name == "srcdoc":
			l.complain("srcdoc on <%s>: a document in an attribute is escaped once and then runs", tag)
		case name == "style":
			l.inline("style attribute on <%s>", tag)
		case len(name) > 2 && strings.HasPrefix(name, "on"):
			l.inline("event handler %s on <%s>", name, tag)
		case strings.HasPrefix(strings.ToLower(strings.TrimSpace(value)), "javascript:"):
			l.inline("javascript: URL in %s of <%s>", name, tag)
		}
	}
}

func (l *linter) checkNonce(tag string, attributes map[string]string) {
	if tag != "script" && tag != "style" || attributes["nonce"] != "" {
		return
	}
	switch strings.ToLower(attributes["type"]) {
	case "application/json", "application/ld+json": // data: never runs
		return
	}
	l.inline("<%s> without nonce=\"{{nonce}}\"", tag)
}

func tagName(html string) (name, rest string) {
	i := strings.IndexAny(html, " \t\r\n\f/>\x01\x02")
	if i < 0 {
		i = len(html)
	}
	return strings.ToLower(html[:i]), html[i:]
}

// readAttributes reads up to the end of a start tag. Names are lower case; the
// first of several attributes of one name counts, as in browsers.
func readAttributes(html string) (attributes map[string]string, rest string) {
	attributes = map[string]string{}
	for {
		html = strings.TrimLeft(html, " \t\r\n\f/\x01\x02")
		if html == "" {
			return attributes, ""
		}
		if html[0] == '>' {
			return attributes, html[1:]
		}
		i := 1 // a leading "=" belongs to the name
		for i < len(html) && !strings.ContainsRune(" \t\r\n\f/>=", rune(html[i])) {
			i++
		}
		name := strings.ToLower(html[:i])
		var value string
		html = strings.TrimLeft(html[i:], " \t\r\n\f")
		if strings.HasPrefix(html, "=") {
			value, html = attributeValue(strings.TrimLeft(html[1:], " \t\r\n\f"))
		}
		if _, seen := attributes[name]; !seen {
			attributes[name] = value
		}
	}
}

func attributeValue(html string) (value, rest string) {
	if html == "" {
		return "", ""
	}
	if quote := html[0]; quote == '"' || quote == '\'' {
		value, rest, _ = strings.Cut(html[1:], string(quote))
		return value, rest
	}
	i := strings.IndexAny(html, " \t\r\n\f>")
	if i < 0 {
		i = len(html)
	}
	return html[:i], html[i:]
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
