package repo

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"gopkg.in/yaml.v3"
)

// pipeline reports whether the path is that of a pipeline.
func pipeline(name string) bool { return github(name) || gitlab(name) }

func github(name string) bool {
	ext := path.Ext(name)
	if ext != ".yml" && ext != ".yaml" {
		return false
	}
	return strings.HasSuffix(path.Dir(name), ".github/workflows") || strings.Contains(name, ".github/actions/") || path.Base(name) == "action.yml" || path.Base(name) == "action.yaml"
}

func gitlab(name string) bool {
	base := path.Base(name)
	return base == ".gitlab-ci.yml" || base == ".gitlab-ci.yaml" || strings.HasSuffix(base, ".gitlab-ci.yml") || strings.Contains(name, ".gitlab/ci/") && path.Ext(name) == ".yml"
}

// A workflow is a pipeline that was read.
type workflow struct {
	name    string
	gitlab  bool
	root    *yaml.Node
	scripts []script
	uses    []use
}

// A script is a text that a shell runs, or JavaScript of actions/github-script.
type script struct {
	text string
	line int // where its first line stands
	// secrets are the variables that hold one.
	secrets map[string]bool
	shell   bool
}

// A use is one step that runs somebody's action.
type use struct {
	action string
	line   int
	with   *yaml.Node
}

// maxPipeline bounds the text of one pipeline, in bytes.
const maxPipeline = 1 << 20

// readWorkflow reads a pipeline. It must bear any text.
func readWorkflow(name string, text []byte) (w *workflow, err error) {
	if len(text) > maxPipeline {
		return nil, errors.New("a pipeline of more than 1 MiB")
	}
	defer func() {
		if recover() != nil { // the parser gave up on it
			w, err = nil, errors.New("not valid YAML")
		}
	}()
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return &workflow{name: name}, nil
		}
		return nil, errors.New("not valid YAML") // the cause quotes the file
	}
	w = &workflow{name: name, gitlab: gitlab(name), root: doc.Content[0]}
	w.walk(w.root, nil, 0)
	return w, nil
}

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

// walk collects scripts and uses, with the variables that hold secrets there.
func (w *workflow) walk(n *yaml.Node, secrets map[string]bool, depth int) {
	if n == nil || depth > 40 {
		return
	}
	if n.Kind == yaml.MappingNode {
		secrets = withEnv(secrets, child(n, "env"))
		if w.gitlab {
			for _, key := range [...]string{"script", "before_script", "after_script"} {
				w.script(child(n, key), secrets)
			}
		}
		w.script(child(n, "run"), secrets)
		if u := child(n, "uses"); u != nil && u.Kind == yaml.ScalarNode {
			with := child(n, "with")
			w.uses = append(w.uses, use{u.Value, u.Line, with})
			if s := child(with, "script"); s != nil && strings.HasPrefix(u.Value, "actions/github-script") {
				w.scripts = append(w.scripts, script{text: s.Value, line: textLine(s), secrets: secrets})
			}
		}
	}
	for _, c := range n.Content {
		w.walk(c, secrets, depth+1)
	}
}

// script notes the scalars of a script, which may be a list.
func (w *workflow) script(n *yaml.Node, secrets map[string]bool) {
	switch {
	case n == nil:
	case n.Kind == yaml.ScalarNode:
		w.scripts = append(w.scripts, script{text: n.Value, line: textLine(n), secrets: secrets, shell: true})
	case n.Kind == yaml.SequenceNode:
		for _, c := range n.Content {
			if c.Kind == yaml.ScalarNode {
				w.script(c, secrets)
			}
		}
	}
}

// textLine is where the first line of a scalar's text stands.
func textLine(n *yaml.Node) int {
	if n.Style == yaml.LiteralStyle || n.Style == yaml.FoldedStyle {
		return n.Line + 1
	}
	return n.Line
}

// withEnv adds the variables that are set from secrets.
func withEnv(known map[string]bool, env *yaml.Node) map[string]bool {
	if env == nil || env.Kind != yaml.MappingNode {
		return known
	}
	more := map[string]bool{}
	for name := range known {
		more[name] = true
	}
	for i := 0; i+1 < len(env.Content); i += 2 {
		if secretExpression.MatchString(env.Content[i+1].Value) {
			more[env.Content[i].Value] = true
		} else {
			delete(more, env.Content[i].Value)
		}
	}
	return more
}

// triggers returns the events that start a GitHub workflow.
func (w *workflow) triggers() map[string]bool {
	events := map[string]bool{}
	on := child(w.root, "on")
	if on == nil {
		on = child(w.root, "true") // YAML 1.1 takes on for true
	}
	if on == nil {
		return events
	}
	switch on.Kind {
	case yaml.ScalarNode:
		events[on.Value] = true
	case yaml.SequenceNode:
		for _, c := range on.Content {
			events[c.Value] = true
		}
	case yaml.MappingNode:
		for i := 0; i < len(on.Content); i += 2 {
			events[on.Content[i].Value] = true
		}
	}
	return events
}
