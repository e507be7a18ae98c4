package source

import "bytes"

// stripBodies returns a Go file without the bodies of its functions: the
// declarations that importers see are a small part of most files, and parsing
// is most of the work of loading a dependency. It understands what gofmt
// writes, functions that begin in the first column; what it does not
// understand it leaves in. The lines are not kept.
func stripBodies(src []byte) []byte {
	out := make([]byte, 0, len(src)/3)
	kept := 0 // everything before it is in out
	for i := 0; i < len(src); {
		// i is the start of a line that is in no comment, string or brace.
		if !bytes.HasPrefix(src[i:], []byte("func ")) && !bytes.HasPrefix(src[i:], []byte("func(")) {
			end, _, _ := scanLine(src, i)
			i = end
			continue
		}
		end, open, shut := scanLine(src, i)
		if open >= 0 && isBody(src, open, shut, end) {
			out = append(out, src[kept:open]...)
			out = append(out, "{}"...)
			kept = shut + 1
		}
		i = end
	}
	return append(out, src[kept:]...)
}

// isBody reports whether the braces at open and shut hold the body of the
// function whose declaration ends at end.
func isBody(src []byte, open, shut, end int) bool {
	if len(bytes.TrimSpace(src[shut+1:end])) != 0 && !bytes.HasPrefix(bytes.TrimSpace(src[shut+1:end]), []byte("//")) {
		return false
	}
	before := bytes.TrimRight(src[:open], " \t")
	return !bytes.HasSuffix(before, []byte("interface")) && !bytes.HasSuffix(before, []byte("struct"))
}

// scanLine returns the offset after the line that begins at i, which goes on
// while brackets, comments or raw strings are open, and the last pair of braces
// on it that stands in no other bracket; -1 without one.
func scanLine(src []byte, i int) (end, open, shut int) {
	open, shut = -1, -1
	depth := 0
	for i < len(src) {
		switch c := src[i]; c {
		case '\n':
			i++
			if depth <= 0 {
				return i, open, shut
			}
			continue
		case '{', '(', '[':
			if c == '{' && depth == 0 {
				open, shut = i, -1
			}
			depth++
		case '}', ')', ']':
			depth--
			if c == '}' && depth == 0 {
				shut = i
			}
		case '"', '\'':
			i = skipQuoted(src, i, c)
			continue
		case '`':
			i = skipTo(src, i+1, "`")
			continue
		case '/':
			if bytes.HasPrefix(src[i:], []byte("//")) {
				if n := bytes.IndexByte(src[i:], '\n'); n >= 0 {
					i += n
				} else {
					i = len(src)
				}
				continue
			}
			if bytes.HasPrefix(src[i:], []byte("/*")) {
				i = skipTo(src, i+2, "*/")
				continue
			}
		}
		i++
	}
	if shut < 0 {
		open = -1
	}
	return len(src), open, shut
}

// skipQuoted returns the offset after the string or rune that begins at i.
func skipQuoted(src []byte, i int, quote byte) int {
	for i++; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		case '\n':
			return i // not closed
		}
	}
	return len(src)
}

func skipTo(src []byte, i int, mark string) int {
	if n := bytes.Index(src[i:], []byte(mark)); n >= 0 {
		return i + n + len(mark)
	}
	return len(src)
}
