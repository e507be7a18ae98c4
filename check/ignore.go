package check

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// An Ignore is one comment of the form
//
//	//merlon:ignore sql-injection,xss-response -- the table name is a constant of this package
//
// in any file with any kind of comment. It hides findings on its own line, or,
// if it stands alone on its line, on the next one; those too whose trace ends
// there, so that one reason beside a sink serves all callers.
type Ignore struct {
	Line   int      // where the comment stands, from 1
	Hides  int      // the line whose findings it hides
	IDs    []string // at least one, unless the comment is malformed
	Reason string   // "" makes the comment void
}

// on reports whether p, in file, is on the line that i hides or on its own.
func (i Ignore) on(p Place, file string) bool {
	return p.File == file && (p.Line == i.Hides || p.Line == i.Line)
}

const ignoreMark = "merlon:ignore"

// maxIgnores bounds what is kept of one file.
const maxIgnores = 10_000

// ParseIgnores returns the comments of a file, in order.
func ParseIgnores(text []byte) []Ignore {
	if !bytes.Contains(text, []byte(ignoreMark)) {
		return nil
	}
	var list []Ignore
	number := 0
	for line := range bytes.Lines(text) {
		number++
		before, after, ok := bytes.Cut(line, []byte(ignoreMark))
		if !ok || len(list) == maxIgnores {
			continue
		}
		opener, code := comment(string(before))
		if !opener || after == nil || len(after) > 0 && !strings.ContainsRune(" \t\r\n", rune(after[0])) {
			continue // a string or a sentence that speaks of the mark
		}
		ignore := Ignore{Line: number, Hides: number}
		if !code {
			ignore.Hides++
		}
		ids, reason, _ := strings.Cut(endComment(clipLine(string(after))), "--")
		ignore.Reason = strings.TrimSpace(reason)
		ignore.IDs = strings.FieldsFunc(ids, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
		list = append(list, ignore)
	}
	return list
}

// comment reports whether before ends with the opening of a comment, and
// whether code stands before it. A comment within a // comment is an example in
// documentation, like the one above.
func comment(before string) (opener, code bool) {
	before = strings.TrimRight(before, " \t")
	for _, open := range []string{"//", "#", "<!--", "/*", "--", ";"} {
		if rest, ok := strings.CutSuffix(before, open); ok {
			rest = strings.TrimSpace(strings.TrimRight(rest, " \t{"))
			return !strings.HasPrefix(rest, "//"), rest != ""
		}
	}
	return false, false
}

// endComment cuts the end of a comment that has one.
func endComment(text string) string {
	text = strings.TrimSpace(text)
	for _, end := range []string{"-->", "*/}}", "*/", "}}"} {
		text = strings.TrimSpace(strings.TrimSuffix(text, end))
	}
	return text
}

func clipLine(text string) string {
	if len(text) > maxFrameLine {
		text = text[:maxFrameLine]
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// comments applies the merlon:ignore comments of every file that was looked at.
func (s *sieve) comments(found []Finding) []Finding {
	t := s.options.Target
	var files []string
	t.looked.Range(func(file, _ any) bool {
		files = append(files, file.(string))
		return true
	})
	slices.Sort(files)
	for _, file := range files {
		text, err := t.Read(file)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) { // a finding in a file of the history has no file
				s.report.Incomplete = append(s.report.Incomplete, Incomplete{Rule: ignoreStale, Place: Place{File: file}, Reason: "cannot be read for merlon:ignore comments"})
			}
			continue
		}
		for _, ignore := range ParseIgnores(text) {
			found = s.comment(file, ignore, found)
		}
	}
	return found
}

// comment applies one comment.
func (s *sieve) comment(file string, ignore Ignore, found []Finding) []Finding {
	place := Place{File: file, Line: ignore.Line}
	if ignore.Reason == "" || len(ignore.IDs) == 0 {
		s.add(ignoreNoReason, Finding{Place: place, Key: strings.Join(ignore.IDs, ",")})
		return found
	}
	for _, id := range ignore.IDs {
		hid := false
		found = slices.DeleteFunc(found, func(f Finding) bool {
			here := f.ID == id && (ignore.on(f.Place, file) || len(f.Trace) > 0 && ignore.on(f.Trace[len(f.Trace)-1].Place, file))
			if here {
				hid = true
				s.hide(f, "comment", ignore.Reason)
			}
			return here
		})
		switch {
		case !s.known(id):
			s.add(ignoreUnknown, Finding{Title: "A merlon:ignore comment names \"" + clip(id) + "\", which no rule has" + nearest(id, s.all), Place: place, Key: clip(id)})
		case !hid && s.ran(id):
			s.add(ignoreStale, Finding{Title: "The merlon:ignore comment for " + id + " hides nothing any more", Place: place, Key: id})
		}
	}
	return found
}
