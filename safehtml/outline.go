package safehtml

import (
	"maps"
	"slices"
	"strings"
	"text/template/parse"
)

// Outline returns the text of all pages and of what they call, as it is sent,
// with "{{}}" where a value goes. It is for csp.InlineHashes, which finds the
// inline scripts and styles in it: html/template changes what it sends,
// comments for one, so that the files themselves would give other hashes.
func (t *Templates) Outline() (string, error) {
	var all strings.Builder
	seen := map[string]bool{}
	for _, name := range t.Names() {
		e, err := t.executor(t.pages[name])
		if err != nil {
			return "", err
		}
		for _, one := range e.tmpl.Templates() {
			if one.Tree == nil {
				continue
			}
			var b strings.Builder
			walk(one.Tree.Root, func(n parse.Node) {
				if text, ok := n.(*parse.TextNode); ok {
					b.Write(text.Text)
				} else {
					b.WriteString("{{}}")
				}
			})
			if text := b.String(); !seen[text] {
				seen[text] = true
				all.WriteString(text + "\n")
			}
		}
	}
	return all.String(), nil
}

// Scripts returns the hash of every script file, such as "sha384-…", sorted: in
// quotes it is the source that allows the element which script writes.
func (s *Static) Scripts() []string {
	hashes := map[string]bool{}
	for _, f := range s.table().byName {
		if strings.HasPrefix(f.kind, "text/javascript") {
			hashes[f.integrity] = true
		}
	}
	return slices.Sorted(maps.Keys(hashes))
}
