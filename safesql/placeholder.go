package safesql

import (
	"errors"
	"strconv"
	"strings"
)

// A Style is how a database writes placeholders.
type Style int

// The styles. The zero Style is Question.
const (
	Question Style = iota // ?, as in SQLite
	Dollar                // $1, $2 …, as in PostgreSQL
)

// Texts whose meaning differs between databases are refused, so that what this
// package reads is what the database reads.
var (
	errQuote     = errors.New("safesql: quote is not closed")
	errComment   = errors.New("safesql: comment is not closed")
	errNested    = errors.New("safesql: comment within a comment")
	errSemicolon = errors.New("safesql: more than one statement")
	errBacktick  = errors.New("safesql: backquote is not standard SQL")
	errEscape    = errors.New("safesql: E'' strings are not standard SQL")
	errNumbered  = errors.New("safesql: write ? for a placeholder, not a number")
	errOperator  = errors.New("safesql: ?? is an operator of PostgreSQL only")
	errControl   = errors.New("safesql: NUL in the text")
)

// scan checks that text is lexically whole and returns its number of
// placeholders.
func scan(text string) (placeholders int, err error) {
	for i := 0; i < len(text); {
		end, kind, err := token(text, i)
		if err != nil {
			return 0, err
		}
		if kind == placeholder {
			placeholders++
		}
		i = end
	}
	return placeholders, nil
}

// rewrite returns text with its placeholders in the given style. The text has
// passed scan.
func rewrite(text string, style Style) (string, error) {
	if strings.IndexByte(text, '?') < 0 {
		return text, nil
	}
	if style == Question && !strings.Contains(text, "??") {
		return text, nil
	}
	out := make([]byte, 0, len(text)+16)
	n := 0
	for i := 0; i < len(text); {
		end, kind, err := token(text, i)
		if err != nil {
			return "", err
		}
		switch {
		case kind == operator && style == Question:
			return "", errOperator
		case kind == operator:
			out = append(out, '?')
		case kind == placeholder && style == Dollar:
			n++
			out = strconv.AppendInt(append(out, '$'), int64(n), 10)
		default:
			out = append(out, text[i:end]...)
		}
		i = end
	}
	return string(out), nil
}

type tokenKind int

const (
	other tokenKind = iota
	placeholder
	operator
)

// token returns the end of the token that begins at text[i]. A run of
// characters without meaning here is one token.
func token(text string, i int) (end int, kind tokenKind, err error) {
	switch c := text[i]; {
	case c == '?':
		if strings.HasPrefix(text[i+1:], "?") {
			return i + 2, operator, nil
		}
		return i + 1, placeholder, nil
	case c == '\'' || c == '"':
		return quoted(text, i)
	case c == '-' && strings.HasPrefix(text[i:], "--"):
		n := strings.IndexByte(text[i:], '\n')
		if n < 0 { // it would swallow what is joined behind it
			return 0, 0, errComment
		}
		return i + n + 1, other, nil
	case c == '/' && strings.HasPrefix(text[i:], "/*"):
		return comment(text, i)
	case c == '$':
		return dollar(text, i)
	case c == ';':
		return 0, 0, errSemicolon
	case c == '`':
		return 0, 0, errBacktick
	case c == 0:
		return 0, 0, errControl
	case wordByte(c):
		for end = i + 1; end < len(text) && (wordByte(text[end]) || text[end] == '$'); end++ {
		}
		if end < len(text) && text[end] == '\'' && end == i+1 && (c == 'e' || c == 'E') {
			return 0, 0, errEscape
		}
		return end, other, nil
	}
	return i + 1, other, nil
}

// quoted reads a string or a quoted identifier. A doubled quote stands for
// itself, which reading it as two neighbours gives for free.
func quoted(text string, i int) (end int, kind tokenKind, err error) {
	n := strings.IndexByte(text[i+1:], text[i])
	if n < 0 {
		return 0, 0, errQuote
	}
	return i + 1 + n + 1, other, nil
}

// comment reads a block comment. PostgreSQL nests them and SQLite does not.
func comment(text string, i int) (end int, kind tokenKind, err error) {
	n := strings.Index(text[i+2:], "*/")
	if n < 0 {
		return 0, 0, errComment
	}
	end = i + 2 + n + 2
	if strings.Contains(text[i+2:end], "/*") {
		return 0, 0, errNested
	}
	return end, other, nil
}

// dollar reads a dollar-quoted string of PostgreSQL: $$ … $$ or $tag$ … $tag$.
func dollar(text string, i int) (end int, kind tokenKind, err error) {
	stop := i + 1
	for stop < len(text) && wordByte(text[stop]) {
		stop++
	}
	switch {
	case stop > i+1 && '0' <= text[i+1] && text[i+1] <= '9':
		return 0, 0, errNumbered
	case stop == len(text) || text[stop] != '$':
		return i + 1, other, nil
	}
	tag := text[i : stop+1]
	n := strings.Index(text[stop+1:], tag)
	if n < 0 {
		return 0, 0, errQuote
	}
	return stop + 1 + n + len(tag), other, nil
}

func wordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80
}
