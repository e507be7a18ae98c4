package check

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TextOptions say how [WriteText] writes.
type TextOptions struct {
	// Color uses the colours of a terminal.
	Color bool
	// Width is how many columns a line may take, 0 as many as it needs. Code
	// is never broken.
	Width int
	// Verbose adds why, standards, fingerprints, what was hidden, what was
	// skipped, and each finding of level info and debug: without it, where a
	// rule has many, one stands for all, with the places of the others.
	Verbose bool
}

// WriteText writes the report for people: findings grouped by level, worst
// first, each with its place, the lines around it and one line of fix; then
// what could not be judged; then one line that says it all. Control characters
// from files and settings are replaced, so that a report cannot steer the
// terminal.
func WriteText(w io.Writer, r *Report, o TextOptions) error {
	t := &textWriter{options: o}
	for _, level := range Levels() {
		if n := r.Count(level); n > 0 {
			t.line(t.paint(level, strings.ToUpper(level.String())+" "+strconv.Itoa(n)))
			t.line("")
			t.level(r, level)
		}
	}
	if o.Verbose {
		t.hidden(r)
	}
	t.incomplete(r)
	t.summary(r)
	_, err := io.WriteString(w, t.text.String())
	return err
}

const (
	manyAlike = 4 // findings of a rule, of which one stands for all
	maxPlaces = 8 // places of the others that are named
)

// level writes the findings of a level. Of what fails no pipeline, many of a
// rule are written as one, so that they do not bury the rest.
func (t *textWriter) level(r *Report, level Level) {
	alike := map[string][]string{} // rule to places
	if level <= Info && !t.options.Verbose {
		for i := range r.Findings {
			if f := &r.Findings[i]; f.Level == level {
				alike[f.ID] = append(alike[f.ID], plain(f.Place.String()))
			}
		}
	}
	done := map[string]bool{}
	for i := range r.Findings {
		f := &r.Findings[i]
		switch places := alike[f.ID]; {
		case f.Level != level || done[f.ID]:
		case len(places) < manyAlike:
			t.finding(f, nil)
		default:
			t.finding(f, places[1:])
			done[f.ID] = true
		}
	}
}

// others names further places of findings of the same rule.
func (t *textWriter) others(places []string) {
	if len(places) == 0 {
		return
	}
	named := slices.DeleteFunc(slices.Clone(places), func(p string) bool { return p == "" })
	text := strconv.Itoa(len(places)) + " more"
	if len(named) > 0 {
		text += ": " + strings.Join(named[:min(len(named), maxPlaces)], ", ")
	}
	if len(named) > maxPlaces || len(named) < len(places) {
		text += "; --verbose shows all"
	}
	t.hang("    and  ", text)
}

type textWriter struct {
	options TextOptions
	text    strings.Builder
}

func (t *textWriter) line(text string) {
	t.text.WriteString(text)
	t.text.WriteByte('\n')
}

// hang writes a text behind its label, further lines under the first.
func (t *textWriter) hang(label, text string) {
	indent := strings.Repeat(" ", utf8.RuneCountInString(label))
	if width := t.options.Width - len(indent); t.options.Width > 0 && utf8.RuneCountInString(text) > width {
		text = strings.TrimSpace(wrap(text, width, indent))
	}
	t.line(label + text)
}

// title writes what was found and the id of its rule, on a line of its own if
// it must be.
func (t *textWriter) title(text, id string) {
	lines, width := []string{text}, t.options.Width-2
	if t.options.Width > 0 && utf8.RuneCountInString(text) > width {
		lines = strings.Split(strings.TrimSpace(wrap(text, width, "")), "\n")
	}
	last := len(lines) - 1
	for _, line := range lines[:last] {
		t.line("  " + t.color(bold, line))
	}
	tail := t.color(dim, "["+id+"]")
	if t.options.Width > 0 && utf8.RuneCountInString(lines[last])+len(id)+4 > width {
		t.line("  " + t.color(bold, lines[last]))
		t.line("  " + tail)
		return
	}
	t.line("  " + t.color(bold, lines[last]) + "  " + tail)
}

// The colours, as SGR parameters.
const (
	bold = "1"
	dim  = "2"
)

func (t *textWriter) color(sgr, text string) string {
	if !t.options.Color || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

func (t *textWriter) paint(level Level, text string) string {
	sgr := map[Level]string{Critical: "1;97;41", Error: "1;31", Warning: "1;33", Info: "1;36", Debug: "2"}
	return t.color(sgr[level], text)
}

// finding writes f, and where the others are that it stands for.
func (t *textWriter) finding(f *Finding, others []string) {
	t.title(plain(f.Title), f.ID)
	if place := f.Place.String(); place != "" {
		t.hang("    at   ", plain(place))
	}
	t.frame(f)
	for i, step := range f.Trace {
		t.hang(fmt.Sprintf("    %2d.  %s  ", i+1, plain(step.Place.String())), plain(step.Text))
	}
	if f.Evidence != "" {
		t.hang("    seen ", plain(f.Evidence))
	}
	if t.options.Verbose {
		t.hang("    why  ", plain(f.Why))
	}
	t.hang("    fix  ", plain(f.Fix))
	t.others(others)
	if t.options.Verbose {
		t.hang("    ref  ", strings.Join(append(citations(f), "fingerprint "+f.Fingerprint), ", "))
	}
	t.line("")
}

// citations lists the standards that a finding touches.
func citations(f *Finding) []string {
	var refs []string
	for _, cwe := range f.CWE {
		refs = append(refs, "CWE-"+strconv.Itoa(cwe))
	}
	for _, id := range f.ASVS {
		refs = append(refs, "ASVS "+id)
	}
	if f.OWASP != "" {
		refs = append(refs, "OWASP "+f.OWASP+":2025")
	}
	if f.Django != "" {
		refs = append(refs, "Django "+f.Django)
	}
	return refs
}

// frame shows the lines around the finding, its own marked, with a caret under
// the column.
func (t *textWriter) frame(f *Finding) {
	p := &f.Place
	if len(p.Frame) == 0 {
		return
	}
	width := len(strconv.Itoa(p.FrameLine + len(p.Frame) - 1))
	for i, line := range p.Frame {
		number := p.FrameLine + i
		meant := number == p.Line || number > p.Line && number <= p.EndLine
		mark, gutter := " ", fmt.Sprintf("%*d │ ", width, number)
		if meant {
			mark = t.paint(f.Level, ">")
		}
		t.line("       " + mark + " " + t.color(dim, gutter) + plain(strings.ReplaceAll(line, "\t", "    ")))
		if number == p.Line && p.Col > 0 && p.Col <= len(line)+1 {
			t.line("         " + strings.Repeat(" ", width) + t.color(dim, " │ ") + strings.Repeat(" ", columns(line[:p.Col-1])) +
				t.paint(f.Level, strings.Repeat("^", p.carets(line))))
		}
	}
}

// carets is how many columns of the line are meant.
func (p *Place) carets(line string) int {
	if p.EndCol > p.Col && (p.EndLine == 0 || p.EndLine == p.Line) && p.EndCol-1 <= len(line) {
		return max(columns(line[p.Col-1:p.EndCol-1]), 1)
	}
	return 1
}

// columns is the width of the text on a terminal, with tabs as four.
func columns(text string) int {
	n := 0
	for _, r := range text {
		if n++; r == '\t' {
			n += 3
		}
	}
	return n
}

func (t *textWriter) hidden(r *Report) {
	if len(r.Hidden) > 0 {
		t.line(t.color(bold, "HIDDEN "+strconv.Itoa(len(r.Hidden))))
		t.line("")
		for i := range r.Hidden {
			h := &r.Hidden[i]
			t.line("  " + plain(h.Title) + "  " + t.color(dim, "["+h.ID+"] by "+h.By))
			if h.Reason != "" {
				t.line("    because " + plain(h.Reason))
			}
		}
		t.line("")
	}
	var notes []string
	skipped := map[string][]string{}
	for _, o := range r.Rules {
		if o.Status == Skipped {
			note := cmp.Or(o.Note, "nothing of its kind here")
			if skipped[note] == nil {
				notes = append(notes, note)
			}
			skipped[note] = append(skipped[note], o.Rule.ID)
		}
	}
	for _, note := range notes {
		t.line("  " + t.color(bold, "skipped") + ", " + plain(note) + ":")
		t.text.WriteString(wrap(strings.Join(skipped[note], ", "), 96, "    "))
		t.line("")
	}
}

func (t *textWriter) incomplete(r *Report) {
	if len(r.Incomplete) == 0 {
		return
	}
	t.line(t.paint(Warning, "COULD NOT BE JUDGED "+strconv.Itoa(len(r.Incomplete))))
	t.line("")
	for _, in := range r.Incomplete {
		text := in.Rule + ": "
		if place := in.Place.String(); place != "" {
			text += plain(place) + ": "
		}
		t.hang("  ", text+plain(in.Reason))
	}
	t.line("")
}

func (t *textWriter) summary(r *Report) {
	var parts []string
	for _, level := range Levels() {
		if n := r.Count(level); n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+level.String())
		}
	}
	text := "No findings"
	if len(parts) > 0 {
		text = plural(len(r.Findings), "finding") + " (" + strings.Join(parts, ", ") + ")"
	}
	if n := len(r.Hidden); n > 0 {
		text += ", " + strconv.Itoa(n) + " hidden"
	}
	if n := len(r.Incomplete); n > 0 {
		text += ", " + strconv.Itoa(n) + " could not be judged"
	}
	text += "; " + plural(len(r.Rules)-r.ran(Skipped), "rule") + " ran"
	switch r.ExitCode() {
	case ExitFindings:
		text += ", fails at " + r.FailLevel.String()
		t.line(t.paint(Error, text+"."))
	case ExitFailed:
		t.line(t.paint(Warning, text+", incomplete."))
	default:
		t.line(t.color("1;32", text+"."))
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// plain replaces what could steer a terminal.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return '\uFFFD'
		}
		return r
	}, text)
}
