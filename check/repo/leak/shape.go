package leak

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// A matcher is a shape made ready.
type matcher struct {
	shape
	re    *regexp.Regexp
	least int // the length of the shortest match
}

func newMatcher(s shape) *matcher {
	tree, err := syntax.Parse(s.pattern, syntax.Perl)
	if err != nil {
		panic("leak: shape " + s.kind + ": " + err.Error()) // the table is ours
	}
	if s.bits == 0 {
		s.bits = 2.8
	}
	return &matcher{shape: s, re: regexp.MustCompile("^(?:" + s.pattern + ")"), least: shortest(tree)}
}

// shortest returns the length of the shortest text that the expression
// matches, in bytes, for the expressions that stand in the table.
func shortest(e *syntax.Regexp) int {
	sum := 0
	switch e.Op {
	case syntax.OpLiteral:
		return len(e.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return shortest(e.Sub[0])
	case syntax.OpRepeat:
		return e.Min * shortest(e.Sub[0])
	case syntax.OpConcat:
		for _, sub := range e.Sub {
			sum += shortest(sub)
		}
	case syntax.OpAlternate:
		sum = shortest(e.Sub[0])
		for _, sub := range e.Sub[1:] {
			sum = min(sum, shortest(sub))
		}
	}
	return sum
}

// longestToken bounds the text that a shape is tried on.
const longestToken = 2048

// token tries a shape whose keyword begins at start.
func (s *scan) token(m *matcher, start int) {
	begin := s.begin(m, start)
	if begin < 0 || !m.loose && (isAlnum(s.at(begin-1)) || s.at(begin-1) == '.') || m.back > 0 && strings.IndexByte(",/-~+_", s.at(begin-1)) >= 0 {
		return
	}
	window := s.text[begin:min(len(s.text), begin+longestToken)]
	if len(window) < m.least || !tokenBytes(window[:m.least]) {
		return
	}
	found := m.re.Find(window)
	if found == nil {
		return
	}
	end := begin + len(found)
	last := found[len(found)-1]
	if after := s.at(end); isWord(last) && (isWord(after) || after == '-' && isAlnum(s.at(end+1))) || after == '#' || after == '*' || after == '[' {
		return // part of something longer, or of a pattern
	}
	if !s.believable(m, string(found)) {
		return
	}
	l := Leak{Kind: m.kind, Confidence: High}
	if m.back == 0 {
		l.Prefix = string(found[:min(4, m.prefix(found))])
	}
	s.add(l, begin, end)
}

// begin returns where the token begins whose keyword is at start, or -1.
func (s *scan) begin(m *matcher, start int) int {
	switch {
	case m.back >= 0:
		return start - m.back
	case m.back == -1: // digits stand before the keyword
		for start > 0 && isDigit(s.text[start-1]) {
			start--
		}
		return start
	}
	// A prefix stands somewhere before the keyword, in the same word.
	from := start
	for from > 0 && start-from < 100 && (isWord(s.text[from-1]) || s.text[from-1] == '-') {
		from--
	}
	if i := strings.Index(string(s.text[from:start]), "sk-"); i >= 0 {
		return from + i
	}
	return -1
}

// prefix is how many characters of a match are the same in all tokens.
func (m *matcher) prefix(found []byte) int {
	for key := range strings.FieldsSeq(m.keys) {
		if len(found) >= len(key) && strings.EqualFold(string(found[:len(key)]), key) {
			return len(key)
		}
	}
	return 0
}

// tokenBytes reports whether no byte ends a token.
func tokenBytes(window []byte) bool {
	for _, b := range window {
		if b <= ' ' || b >= 0x7f || strings.IndexByte("\"'`<>(){};,\\", b) >= 0 {
			return false
		}
	}
	return true
}

// believable reports whether the part behind the prefix was drawn, and is no
// example that has the shape of one.
func (s *scan) believable(m *matcher, found string) bool {
	if examples[found] {
		return false
	}
	body := found[m.prefix([]byte(found)):]
	low := strings.ToLower(body)
	for _, word := range [...]string{"example", "xxxx", "placeholder", "redacted", "changeme", "your_", "your-", "replace", "-some-", "put_your"} {
		if strings.Contains(low, word) && !(word == "example" && m.bits < 2.8) {
			return false
		}
	}
	if body != "" && (entropy(body) < m.bits || repetitive(low)) {
		return false
	}
	if short := len(found) - len(body); short <= 3 && m.back == 0 && (short < 3 || found[2] != '_') { // says little
		return measure(body).digits > 0 && language(body) < 0.7
	}
	return true
}
