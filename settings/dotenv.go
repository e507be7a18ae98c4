package settings

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// dotenv is a parsed .env file. Values are expanded when asked for, so that a
// key that only another program reads cannot fail here.
type dotenv struct {
	entries  map[string]dotenvEntry
	order    []string
	errs     Errors
	warnings []*Error

	env      map[string]string // the process environment, which wins in ${}
	expanded map[string]string
	active   map[string]bool // being expanded, to see a cycle
}

type dotenvEntry struct {
	line  int
	parts []dotenvPart
	err   error // why it has no value
}

// dotenvPart is literal text or, if name is not "", a reference ${name} or
// ${name:-fallback}.
type dotenvPart struct {
	text        string
	name        string
	hasFallback bool
	fallback    []dotenvPart
}

// maxNesting bounds ${A:-${B:-…}}.
const maxNesting = 8

// parseDotenv parses text. ours tells the names whose values must be right even
// if nobody asks for them.
func parseDotenv(text string, env map[string]string, ours func(name string) bool) dotenv {
	d := dotenv{
		entries: make(map[string]dotenvEntry), env: env,
		expanded: make(map[string]string), active: make(map[string]bool),
	}
	text = strings.TrimPrefix(text, "\ufeff")
	p := &dotenvParser{text: strings.ReplaceAll(text, "\r\n", "\n"), line: 1}
	for !p.end() {
		line, start := p.line, p.pos
		name, parts, err := p.entry()
		if err != nil {
			p.skipLine(start)
		}
		// Another program may read its own values by other rules; what cannot
		// be told apart at all is wrong whoever it is for.
		if err != nil && (name == "" || errors.Is(err, errUnclosed) || ours(name)) {
			d.errs = append(d.errs, &Error{Key: name, Source: place(dotenvName, line), Problem: err.Error()})
		}
		if name == "" {
			continue
		}
		if _, twice := d.entries[name]; twice {
			d.warnings = append(d.warnings, &Error{Key: name, Source: place(dotenvName, line), Problem: "set twice in this file; the last one counts"})
		} else {
			d.order = append(d.order, name)
		}
		d.entries[name] = dotenvEntry{line: line, parts: parts, err: err}
	}
	return d
}

// expand returns the value of name with its references replaced.
func (d *dotenv) expand(name string) (string, error) {
	if text, ok := d.expanded[name]; ok {
		return text, nil
	}
	if err := d.entries[name].err; err != nil {
		return "", err
	}
	if d.active[name] {
		return "", errors.New("a reference ${} that leads back to itself")
	}
	d.active[name] = true
	defer delete(d.active, name)
	text, err := d.join(d.entries[name].parts)
	if err != nil {
		return "", err
	}
	d.expanded[name] = text
	return text, nil
}

func (d *dotenv) join(parts []dotenvPart) (string, error) {
	var b strings.Builder
	for _, p := range parts {
		text := p.text
		if p.name != "" {
			var err error
			if text, err = d.reference(p); err != nil {
				return "", err
			}
		}
		// References multiply: twenty lines of ${A}${A} would fill the memory.
		if b.Len()+len(text) > maxValue {
			return "", errors.New("longer than 64 KiB")
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func (d *dotenv) reference(p dotenvPart) (string, error) {
	text, ok := d.env[p.name]
	if !ok {
		if _, ok = d.entries[p.name]; ok {
			var err error
			if text, err = d.expand(p.name); err != nil {
				return "", err
			}
		}
	}
	switch {
	case p.hasFallback && text == "":
		return d.join(p.fallback)
	case !ok:
		return "", errors.New("a reference to ${" + p.name + "}, which is not set")
	}
	return text, nil
}

// dotenvParser reads entries one after the other.
type dotenvParser struct {
	text string
	pos  int
	line int
}

func (p *dotenvParser) end() bool { return p.pos >= len(p.text) }

// peek returns the next byte, 0 at the end.
func (p *dotenvParser) peek() byte {
	if p.end() {
		return 0
	}
	return p.text[p.pos]
}

func (p *dotenvParser) next() byte {
	c := p.text[p.pos]
	p.pos++
	if c == '\n' {
		p.line++
	}
	return c
}

func (p *dotenvParser) blanks() {
	for c := p.peek(); c == ' ' || c == '\t'; c = p.peek() {
		p.pos++
	}
}

// skipLine goes to the end of the line on which the entry that began at start
// failed; it may be there already.
func (p *dotenvParser) skipLine(start int) {
	if p.pos > start && p.text[p.pos-1] == '\n' {
		return
	}
	for !p.end() && p.next() != '\n' {
	}
}

// entry reads one line, or several if a quoted value spans them. name is ""
// for a blank line and a comment.
func (p *dotenvParser) entry() (name string, parts []dotenvPart, err error) {
	p.blanks()
	if c := p.peek(); c == '\n' || c == '#' || c == 0 {
		return "", nil, p.restOfLine()
	}
	name = p.name()
	if before := p.pos; name == "export" {
		p.blanks()
		if p.pos > before && p.peek() != '=' {
			name = p.name()
		}
	}
	p.blanks()
	if name == "" || p.peek() != '=' {
		// What stands here may be a value without its name: none of it is shown.
		return "", nil, errors.New("not NAME=value, # comment or a blank line")
	}
	p.pos++
	p.blanks()
	start := p.pos
	switch p.peek() {
	case '\'':
		parts, err = p.single()
	case '"':
		parts, err = p.double()
	default:
		parts, err = p.unquoted()
	}
	if err == nil && p.pos-start > maxValue {
		err = errors.New("longer than 64 KiB")
	}
	return name, parts, err
}

// name reads a letter or underscore, then also digits, dots and hyphens.
func (p *dotenvParser) name() string {
	start := p.pos
	for !p.end() {
		c := p.text[p.pos]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
		if !letter && (p.pos == start || !('0' <= c && c <= '9' || c == '.' || c == '-')) {
			break
		}
		p.pos++
	}
	return p.text[start:p.pos]
}

// restOfLine accepts blanks and a comment up to the line's end.
func (p *dotenvParser) restOfLine() error {
	start := p.pos
	p.blanks()
	if c := p.peek(); c == '#' && (p.pos > start || p.atLineStart(start)) {
		for !p.end() && p.peek() != '\n' {
			p.pos++
		}
	}
	if p.end() {
		return nil
	}
	if p.peek() != '\n' {
		return errors.New("text after the closing quote")
	}
	p.next()
	return nil
}

func (p *dotenvParser) atLineStart(at int) bool {
	return strings.Trim(p.text[strings.LastIndexByte(p.text[:at], '\n')+1:at], " \t") == ""
}

// single reads '…': no escapes, no references.
func (p *dotenvParser) single() ([]dotenvPart, error) {
	p.pos++
	start := p.pos
	for !p.end() && p.peek() != '\'' {
		p.next()
	}
	if p.end() {
		return nil, errUnclosed
	}
	text := p.text[start:p.pos]
	p.pos++
	if strings.IndexByte(text, '\r') >= 0 {
		return nil, errReturn
	}
	if err := printableText(text); err != nil {
		return nil, err
	}
	return []dotenvPart{{text: text}}, p.restOfLine()
}

// double reads "…" with escapes and references.
func (p *dotenvParser) double() ([]dotenvPart, error) {
	p.pos++
	parts, err := p.until(func(c byte) bool { return c == '"' }, true, 0)
	if err != nil {
		p.skipQuoted() // lest the rest of the value be read as lines of their own
		return nil, err
	}
	if p.end() {
		return nil, errUnclosed
	}
	p.pos++
	return parts, p.restOfLine()
}

func (p *dotenvParser) skipQuoted() {
	for !p.end() {
		switch p.next() {
		case '\\':
			if !p.end() {
				p.next()
			}
		case '"':
			return
		}
	}
}

// unquoted reads up to the line's end or a # after white space.
func (p *dotenvParser) unquoted() ([]dotenvPart, error) {
	start := p.pos
	parts, err := p.until(func(c byte) bool {
		return c == '\n' || c == '#' && p.pos > 0 && (p.pos == start || strings.IndexByte(" \t", p.text[p.pos-1]) >= 0)
	}, false, 0)
	if err != nil {
		return nil, err
	}
	if n := len(parts); n > 0 && parts[n-1].name == "" {
		parts[n-1].text = strings.TrimRight(parts[n-1].text, " \t")
	}
	for !p.end() && p.next() != '\n' {
	}
	return parts, nil
}

// until reads text and references up to a byte that stop takes.
func (p *dotenvParser) until(stop func(byte) bool, quoted bool, depth int) ([]dotenvPart, error) {
	var parts []dotenvPart
	var b strings.Builder
	flush := func() error {
		if b.Len() > 0 {
			parts = append(parts, dotenvPart{text: b.String()})
		}
		err := printableText(b.String())
		b.Reset()
		return err
	}
	for !p.end() && !stop(p.peek()) {
		switch {
		case strings.HasPrefix(p.text[p.pos:], "${"):
			if err := flush(); err != nil {
				return nil, err
			}
			part, err := p.braces(quoted, depth)
			if err != nil {
				return nil, err
			}
			parts = append(parts, part)
		case quoted && p.peek() == '\\':
			c, err := p.escape()
			if err != nil {
				return nil, err
			}
			b.WriteByte(c)
		case p.peek() == '\r':
			return nil, errReturn
		default:
			b.WriteByte(p.next())
		}
	}
	return parts, flush()
}

var (
	errReturn   = errors.New("a carriage return inside a line")
	errUnclosed = errors.New("a quote that is not closed")
)

// escape reads a backslash and what it stands for.
func (p *dotenvParser) escape() (byte, error) {
	p.pos++
	c := p.peek()
	switch c {
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case '\\', '"', '$':
	default:
		return 0, errors.New(`an escape other than \n \r \t \\ \" \$; single quotes keep a backslash`)
	}
	p.pos++
	return c, nil
}

// braces reads ${name} or ${name:-fallback}.
func (p *dotenvParser) braces(quoted bool, depth int) (dotenvPart, error) {
	bad := errors.New("a malformed reference; write ${NAME} or ${NAME:-default}")
	p.pos += len("${")
	part := dotenvPart{name: p.name()}
	if part.name == "" || depth >= maxNesting {
		return part, bad
	}
	if strings.HasPrefix(p.text[p.pos:], ":-") {
		p.pos += len(":-")
		part.hasFallback = true
		var err error
		part.fallback, err = p.until(func(c byte) bool { return c == '}' || c == '\n' || quoted && c == '"' }, quoted, depth+1)
		if err != nil {
			return part, err
		}
	}
	if p.peek() != '}' {
		return part, bad
	}
	p.pos++
	return part, nil
}

// printableText refuses what no editor shows, apart from line ends and tabs.
func printableText(text string) error {
	if !utf8.ValidString(text) {
		return errors.New("not UTF-8")
	}
	for _, c := range []byte(text) {
		if c < ' ' && c != '\n' && c != '\t' && c != '\r' || c == 0x7f {
			return errors.New("a control character")
		}
	}
	return nil
}
