package leak

import (
	"bytes"
	"encoding/base64"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxTree bounds what is parsed whole, in bytes.
const maxTree = 1 << 20

// tree reads what needs the structure of YAML or JSON: secrets of Kubernetes,
// and lists of {name: …, value: …}. Everything else is found line by line.
func (s *scan) tree() {
	secret := bytes.Contains(s.text, []byte("Secret")) || bytes.Contains(s.text, []byte("secret")) || bytes.Contains(s.text, []byte("SECRET"))
	pairs := bytes.Contains(s.text, []byte("value")) && bytes.Contains(s.text, []byte("name"))
	keys := bytes.Contains(s.text, []byte("client-key-data"))
	if len(s.text) > maxTree || !secret && !pairs && !keys {
		return
	}
	defer func() {
		_ = recover() // a parser that gives up on a stranger's text leaves it to the keywords
	}()
	text := bytes.ReplaceAll(s.text, []byte("\t"), []byte(" ")) // tabs are no YAML, and common
	d := yaml.NewDecoder(bytes.NewReader(text))
	lines := s.lineStarts()
	for range 1000 {
		var doc yaml.Node
		if d.Decode(&doc) != nil {
			return
		}
		if len(doc.Content) == 1 {
			t := tree{scan: s, lines: lines}
			if root := doc.Content[0]; kubernetesSecret(root) {
				t.kubernetes(root)
			}
			t.walk(doc.Content[0], 0)
		}
	}
}

func (s *scan) lineStarts() []int {
	lines := []int{0}
	for i, b := range s.text {
		if b == '\n' {
			lines = append(lines, i+1)
		}
	}
	return lines
}

type tree struct {
	*scan
	lines []int
}

// child returns the value under a key.
func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func kubernetesSecret(root *yaml.Node) bool {
	kind := child(root, "kind")
	return kind != nil && strings.EqualFold(kind.Value, "secret")
}

// kubernetes reads data and stringData of a Secret.
func (t *tree) kubernetes(root *yaml.Node) {
	for _, part := range [...]string{"data", "stringData"} {
		data := child(root, part)
		if data == nil || data.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(data.Content); i += 2 {
			value := data.Content[i+1]
			if value.Kind != yaml.ScalarNode || value.Value == "" || reference(value.Value) {
				continue
			}
			plain := strings.TrimSpace(value.Value)
			if part == "data" {
				raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(plain), ""))
				if err != nil {
					continue
				}
				plain = strings.TrimSpace(string(raw))
			}
			if len(plain) >= 5 && !reference(plain) {
				t.note("value of a Kubernetes Secret", data.Content[i].Value, value)
			}
		}
	}
}

// note adds the value of a node.
func (t *tree) note(kind, name string, n *yaml.Node) {
	if n.Line < 1 || n.Line > len(t.lines) {
		return
	}
	start := min(t.lines[n.Line-1]+max(n.Column-1, 0), len(t.text))
	if n.Style == yaml.LiteralStyle || n.Style == yaml.FoldedStyle {
		start = min(t.lines[min(n.Line, len(t.lines)-1)], len(t.text))
	}
	for start < len(t.text) && (t.text[start] <= ' ' || t.text[start] == '"' || t.text[start] == '\'') {
		start++
	}
	end := t.until(start, "\"'\r\n")
	if n.Style == yaml.DoubleQuotedStyle || n.Style == yaml.SingleQuotedStyle || n.Style == 0 {
		end = min(start+len(n.Value), end)
	}
	if end > start {
		l := Leak{Kind: kind, Name: name, Confidence: Medium}
		if !drawn(string(t.text[start:end])) {
			l.Hash = "chosen"
		}
		t.add(l, start, end)
	}
}

// walk reads {name: DB_PASSWORD, value: …} at any depth.
func (t *tree) walk(n *yaml.Node, depth int) {
	if depth > 100 {
		return
	}
	if n.Kind == yaml.MappingNode {
		name, value := child(n, "name"), child(n, "value")
		if name == nil {
			name = child(n, "key")
		}
		if name != nil && value != nil && name.Kind == yaml.ScalarNode && value.Kind == yaml.ScalarNode {
			t.pair(name.Value, value)
		}
		if data := child(n, "client-key-data"); data != nil && len(data.Value) > 100 {
			t.note("private key of a cluster's user", "client-key-data", data)
		}
	}
	for _, c := range n.Content {
		t.walk(c, depth+1)
	}
}

func (t *tree) pair(name string, value *yaml.Node) {
	sort := judgeName(name)
	if sort == nothing || sort == vendor || placeholder(value.Value) || t.file.quiet {
		return
	}
	a := assigned{name: name, sort: sort}
	switch {
	case sort == password && t.plausiblePassword(value.Value, &a, true):
		t.note("password", name, value)
	case sort == secret && random(value.Value) && secretValue(value.Value):
		t.note("secret value", name, value)
	}
}
