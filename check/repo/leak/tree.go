package leak

import (
	"bytes"
	"encoding/base64"
	"iter"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxTree bounds what is parsed whole, in bytes.
const maxTree = 1 << 20

// tree reads what needs the structure of YAML or JSON: secrets of Kubernetes,
// and lists of {name: …, value: …}. Everything else is found line by line.
func (s *scan) tree() {
	if len(s.text) > maxTree || s.file.ext != ".tfstate" && !s.structured() {
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
			if s.file.ext == ".tfstate" {
				t.terraform(doc.Content[0])
			}
		}
	}
}

// structured reports whether there is anything that the structure is needed
// for: to read it costs a hundred times as much as to look for keywords.
func (s *scan) structured() bool {
	if bytes.Contains(s.text, []byte("client-key-data")) {
		return true
	}
	for _, kind := range s.named("kind") {
		if strings.EqualFold(kind, "secret") {
			return true
		}
	}
	if s.file.quiet || !bytes.Contains(s.text, []byte("value")) {
		return false
	}
	for _, key := range [...]string{"name", "key"} {
		for _, value := range s.named(key) {
			if sort := judgeName(value); sort == password || sort == secret {
				return true
			}
		}
	}
	return false
}

// named returns the words that are assigned to a key, in YAML or in JSON.
func (s *scan) named(key string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for at := 0; ; {
			i := bytes.Index(s.text[at:], []byte(key))
			if i < 0 {
				return
			}
			at += i + len(key)
			from := at
			for from < at+8 && strings.IndexByte("\"': \t", s.at(from)) >= 0 && from < len(s.text) {
				from++
			}
			end := from
			for end < from+80 && end < len(s.text) && nameByte(s.text[end]) {
				end++
			}
			if end > from && bytes.IndexByte(s.text[at:from], ':') >= 0 && !yield(from, string(s.text[from:end])) {
				return
			}
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
			if plainEntry(data.Content[i].Value, plain) {
				continue
			}
			if len(plain) >= 5 && (strings.HasPrefix(plain, `{"`) || !reference(plain)) { // a file in JSON is no template
				t.note("value of a Kubernetes Secret", data.Content[i].Value, plain, value)
			}
		}
	}
}

// note adds the value of a node; plain is what it stands for.
func (t *tree) note(kind, name, plain string, n *yaml.Node) {
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
		l.standsFor(plain)
		t.add(l, start, end)
	}
}

// terraform reads the outputs that are marked as sensitive, and the passwords
// that were drawn.
func (t *tree) terraform(root *yaml.Node) {
	for i, n := range contents(child(root, "outputs")) {
		value := child(n, "value")
		if sensitive := child(n, "sensitive"); i%2 == 1 && sensitive != nil && sensitive.Value == "true" && value != nil && value.Kind == yaml.ScalarNode && !placeholder(value.Value) {
			t.note("secret output of Terraform", child(root, "outputs").Content[i-1].Value, value.Value, value)
		}
	}
	for _, r := range contents(child(root, "resources")) {
		if kind := child(r, "type"); kind == nil || kind.Value != "random_password" {
			continue
		}
		for _, instance := range contents(child(r, "instances")) {
			if result := child(child(instance, "attributes"), "result"); result != nil && result.Value != "" {
				t.note("password", "result", result.Value, result)
			}
		}
	}
}

func contents(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	return n.Content
}

// parent is the name that the one at the offset stands under, in JSON the last
// before the open brace, in YAML the last of less indentation; "" if there is
// none nearby.
func (s *scan) parent(at int) string {
	before := s.text[max(0, at-2000):at]
	switch s.file.ext {
	case ".json", ".json5", ".jsonc":
		depth := 0
		for i := len(before) - 1; i >= 0; i-- {
			switch before[i] {
			case '}':
				depth++
			case '{':
				if depth--; depth < 0 {
					if m := lastName.FindSubmatch(before[:i]); m != nil {
						return string(m[1])
					}
					return ""
				}
			}
		}
	case ".yaml", ".yml":
		line := bytes.LastIndexByte(before, '\n') + 1
		indent := len(before) - line
		for line > 0 && indent > 0 {
			end := line - 1
			line = bytes.LastIndexByte(before[:end], '\n') + 1
			text := before[line:end]
			if trimmed := bytes.TrimLeft(text, " "); len(trimmed) > 0 && trimmed[0] != '#' && len(text)-len(trimmed) < indent {
				name, _, _ := bytes.Cut(trimmed, []byte(":"))
				return string(name)
			}
		}
	}
	return ""
}

var lastName = regexp.MustCompile(`"([\w.-]{1,80})"\s*:\s*$`)

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
			t.note("private key of a cluster's user", "client-key-data", data.Value, data)
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
		t.note("password", name, value.Value, value)
	case sort == secret && random(value.Value) && secretValue(value.Value):
		t.note("secret value", name, value.Value, value)
	}
}
