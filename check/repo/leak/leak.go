package leak

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Confidence says how sure a find is.
type Confidence int

// The degrees of confidence.
const (
	Low    Confidence = 1 // an indirect sign, or a place where secrets are fixtures
	Medium Confidence = 2 // a value under a telling name
	High   Confidence = 3 // the shape that an issuer gave it
)

// A Leak is one secret in a text. It does not hold the secret.
type Leak struct {
	// Kind is what it is, as in "GitHub token" or "password in an address".
	Kind string
	// Name is what it is assigned to; "" if that is unknown.
	Name string
	// Line and Col count from 1, Col and EndCol in bytes.
	Line, Col, EndCol int
	// Offset is where the value begins, Length how long it is, in bytes.
	Offset, Length int
	// Prefix is at most four characters of the public part of a token's
	// shape, "" for everything else.
	Prefix string
	// Hash identifies the value: 32 hexadecimal digits. It is "" for what a
	// person may have chosen, because such a value could be guessed from it.
	Hash string
	// Confidence is how sure the find is.
	Confidence Confidence
	// Minor marks what gives little away by itself: an encrypted key, an
	// expired token, a fixture in a test.
	Minor bool
}

// Masked describes the value without giving it away.
func (l *Leak) Masked() string {
	if l.Prefix != "" {
		return fmt.Sprintf("%s… (%d characters)", l.Prefix, l.Length)
	}
	return fmt.Sprintf("%d characters", l.Length)
}

// MaxText is how much [Scan] reads of one text, in bytes; [ScanReader] reads
// what is longer.
const MaxText = 16 << 20

// Scan returns the secrets in a file's text, in the order of their places. The
// path, with slashes, tells which reader fits and whether this is a test.
func Scan(path string, text []byte) []Leak {
	if len(text) > MaxText {
		text = text[:MaxText]
	}
	if Binary(text) {
		return nil
	}
	if wideText(text) {
		text = narrow(text)
	}
	return scanText(path, text)
}

// scanText judges what is known to be text.
func scanText(path string, text []byte) []Leak {
	s := scan{path: path, text: text, file: fileOf(path)}
	if s.file.ignored {
		return nil
	}
	if head := text[:min(len(text), 2000)]; bytes.Contains(head, []byte("Code generated")) && bytes.Contains(head, []byte("DO NOT EDIT")) {
		s.file.quiet = true
	}
	s.read()
	s.machine = engine()
	s.machine.words.each(text, s.hit)
	return s.finish()
}

// A scan is the reading of one text.
type scan struct {
	path    string
	text    []byte
	file    file
	machine *machinery
	found   []Leak
	name    int // end of the last name, or value without quotes, that was read
	command int // where the next command line may begin
}

// machinery is built once: the automaton and what its keywords stand for.
type machinery struct {
	words  *automaton
	lens   []int
	shapes []*matcher              // by keyword; nil for the others
	does   []func(*scan, int, int) // by keyword; nil for shapes
}

var engine = sync.OnceValue(build)

// hit judges one keyword that was found.
func (s *scan) hit(keyword, last int) {
	start := last + 1 - s.machine.lens[keyword]
	if m := s.machine.shapes[keyword]; m != nil {
		s.token(m, start)
		return
	}
	s.machine.does[keyword](s, start, last+1)
}

// chosen stands for the hash of what a person chose: whoever has the hash can
// guess that.
const chosen = "chosen"

// standsFor keeps the hash out of a leak whose text stands for what a person may
// have chosen.
func (l *Leak) standsFor(plain string) {
	if !drawn(plain) {
		l.Hash = chosen
	}
}

// add notes a secret at text[start:end].
func (s *scan) add(l Leak, start, end int) {
	if len(s.found) >= 20*maxLeaks {
		return
	}
	l.Offset, l.Length = start, end-start
	sum := sha256.Sum256(s.text[start:end])
	hash := hex.EncodeToString(sum[:16])
	if published[hash[:16]] {
		return
	}
	if l.Hash == chosen {
		l.Hash = ""
	} else {
		l.Hash = hash
	}
	if s.file.test || s.file.foreign || s.file.ext == ".rs" && bytes.Contains(s.text[:start], []byte("#[cfg(test)]")) {
		l.Minor = true
	}
	s.found = append(s.found, l)
}

// finish drops what overlaps, keeps the surer find, and counts lines.
func (s *scan) finish() []Leak {
	if len(s.found) == 0 {
		return nil
	}
	slices.SortStableFunc(s.found, func(a, b Leak) int {
		if a.Confidence != b.Confidence {
			return int(b.Confidence - a.Confidence)
		}
		return b.Length - a.Length
	})
	var kept []Leak
	for _, l := range s.found {
		if !slices.ContainsFunc(kept, func(k Leak) bool { return l.Offset < k.Offset+k.Length && k.Offset < l.Offset+l.Length }) {
			kept = append(kept, l)
			if len(kept) == maxLeaks {
				break
			}
		}
	}
	slices.SortFunc(kept, func(a, b Leak) int { return a.Offset - b.Offset })
	line, from := 1, 0
	for i := range kept {
		l := &kept[i]
		line += bytes.Count(s.text[from:l.Offset], []byte("\n"))
		from = l.Offset
		begin := bytes.LastIndexByte(s.text[:l.Offset], '\n') + 1
		l.Line, l.Col = line, l.Offset-begin+1
		end := l.Offset + l.Length
		if n := bytes.IndexByte(s.text[l.Offset:end], '\n'); n >= 0 {
			end = l.Offset + n
		}
		l.EndCol = end - begin + 1
	}
	return kept
}

// maxLeaks bounds what one text can yield: a dump of a thousand keys is one
// fault, not a thousand.
const maxLeaks = 1000

// at returns text[i], 0 outside.
func (s *scan) at(i int) byte {
	if i < 0 || i >= len(s.text) {
		return 0
	}
	return s.text[i]
}

// lineOf returns the bounds of the line that holds offset i, at most 4 KiB to
// either side.
func (s *scan) lineOf(i int) (start, end int) {
	start, end = max(i-4096, 0), min(i+4096, len(s.text))
	if n := bytes.LastIndexByte(s.text[start:i], '\n'); n >= 0 {
		start += n + 1
	}
	if n := bytes.IndexByte(s.text[i:end], '\n'); n >= 0 {
		end = i + n
	}
	return start, end
}

func build() *machinery {
	m := &machinery{}
	var keys []string
	add := func(key string, shape *matcher, do func(*scan, int, int)) {
		keys = append(keys, key)
		m.lens = append(m.lens, len(key))
		m.shapes = append(m.shapes, shape)
		m.does = append(m.does, do)
	}
	for i := range shapes {
		matcher := newMatcher(shapes[i])
		for key := range strings.FieldsSeq(shapes[i].keys) {
			add(key, matcher, nil)
		}
	}
	for _, word := range slices.Concat(nameWords, vendors) {
		add(word, nil, (*scan).assignment)
	}
	add("://", nil, (*scan).address)
	add("private key", nil, (*scan).privateKey)
	add("putty-user-key-file", nil, (*scan).puttyKey)
	add("eyj", nil, (*scan).jwt)
	add("zxlk", nil, (*scan).jwtTwice)
	add("zxlj", nil, (*scan).jwtTwice)
	add("authorization", nil, (*scan).header)
	add("x-api-key", nil, (*scan).header)
	add("curl", nil, (*scan).curl)
	add("@tcp(", nil, (*scan).dsn)
	for i := range calls {
		add(calls[i].keyword, nil, calls[i].reader())
	}
	m.words = newAutomaton(keys)
	return m
}
