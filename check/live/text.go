package live

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/merlon-go/merlon/check"
)

// TextOptions say how [WriteText] writes.
type TextOptions struct {
	// Color uses the colours of a terminal.
	Color bool
	// Width is how many columns a line may take, 0 as many as it needs.
	Width int
	// Large draws the grade in letters of five lines; without it the head is
	// plain text, which a screen reader reads as it stands.
	Large bool
	// Verbose adds why, standards, every test of the Observatory and every
	// cipher suite.
	Verbose bool
	// Compared, if not nil, is shown too.
	Compared *Comparison
}

// letters draw the grades large, six columns and five lines each.
var letters = map[byte][5]string{
	'A': {" ▄██▄ ", "██  ██", "██████", "██  ██", "██  ██"},
	'B': {"█████▄", "██  ██", "█████▀", "██  ██", "█████▀"},
	'C': {" ▄███▄", "██   ▀", "██    ", "██   ▄", " ▀███▀"},
	'D': {"████▄ ", "██  ██", "██  ██", "██  ██", "████▀ "},
	'F': {"██████", "██    ", "████  ", "██    ", "██    "},
	'+': {"      ", "  ██  ", "██████", "  ██  ", "      "},
	'-': {"      ", "      ", "██████", "      ", "      "},
}

// WriteText writes the result for people: the grade, then the findings in
// groups by what they cost, each with what was asked, what was seen and what
// to do. Control characters of the site are replaced, so that it cannot steer
// the terminal.
func WriteText(w io.Writer, r *Result, o TextOptions) error {
	t := &textWriter{options: o, r: r}
	t.head()
	t.overview()
	if o.Compared != nil {
		t.compared(o.Compared)
	}
	for g := F; g <= APlus; g++ {
		t.group(g)
	}
	t.accepted()
	t.sent()
	t.tls()
	t.observatory()
	t.notes()
	_, err := io.WriteString(w, t.text.String())
	return err
}

type textWriter struct {
	options TextOptions
	r       *Result
	text    strings.Builder
}

func (t *textWriter) line(parts ...string) {
	t.text.WriteString(strings.TrimRight(strings.Join(parts, ""), " "))
	t.text.WriteByte('\n')
}

// hang writes a text behind its label, further lines under the first.
func (t *textWriter) hang(label, text string) {
	indent := strings.Repeat(" ", utf8.RuneCountInString(label))
	for i, line := range fold(text, t.options.Width-len(indent)) {
		if i > 0 {
			label = indent
		}
		t.line(label, line)
	}
}

// together is a space at which no line is broken.
const together = "\u00a0"

// fold breaks a text at spaces into lines of at most width columns; a width
// that is not positive, or a word that is longer, does not break it. A text
// without a break stays as it is.
func fold(text string, width int) []string {
	if width <= 0 || utf8.RuneCountInString(text) <= width {
		return []string{strings.ReplaceAll(text, together, " ")}
	}
	var lines []string
	line := ""
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ' ' }) {
		word = strings.ReplaceAll(word, together, " ")
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

func (t *textWriter) color(sgr, text string) string {
	if !t.options.Color || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

func gradeColor(g Grade) string {
	switch {
	case g >= AMinus:
		return "1;32"
	case g >= BMinus:
		return "1;33"
	}
	return "1;31"
}

func (t *textWriter) head() {
	r := t.r
	score := "no score"
	if r.Observatory.Note == "" {
		score = fmt.Sprintf("%s, %d", r.Observatory.Grade, r.Observatory.Score)
	}
	name := r.Grade.String()
	var drawn []string
	if t.options.Large {
		drawn = make([]string, 5)
	}
	for i := range drawn {
		drawn[i] = letters[name[0]][i]
		if len(name) > 1 {
			drawn[i] += " " + letters[name[1]][i]
		}
	}
	blank, gap := "", ""
	if len(drawn) > 0 {
		blank, gap = strings.Repeat(" ", utf8.RuneCountInString(drawn[0])), "   "
	}
	room := t.options.Width - len(blank) - len(gap) - 2
	beside := []string{t.color("1", plain(r.URL))}
	beside = append(beside, t.verdict(room)...)
	if len(drawn) > 0 && len(beside) < 3 {
		beside = append(beside, "")
	}
	beside = append(beside, fold(fmt.Sprintf("%s on %s, %s in %.1f s", plural(len(r.Report.Findings), "finding"), plural(len(r.Pages), "page"), plural(r.Requests, "request"), r.Report.Duration.Seconds()), room)...)
	beside = append(beside, fold(fmt.Sprintf("beside it, MDN's HTTP Observatory (algorithm %d): %s", r.Observatory.Algorithm, score), room)...)
	t.line()
	for i := range max(len(beside), len(drawn)) {
		art, text := blank, ""
		if i < len(drawn) {
			art = t.color(gradeColor(r.Grade), drawn[i])
		}
		if i < len(beside) {
			text = beside[i]
		}
		t.line("  ", art, gap, text)
	}
	t.line()
}

// verdict says what keeps the grade from being better, in two lines if they
// suffice to name one rule.
func (t *textWriter) verdict(width int) []string {
	r := t.r
	grade := "grade " + r.Grade.String()
	if len(r.Report.Incomplete) > 0 {
		grade += " for what could be judged"
	}
	if len(r.Decisive) == 0 {
		return fold(grade+": nothing that was found lowers it", width)
	}
	for n := min(len(r.Decisive), 4); ; n-- {
		text := grade + ": kept from " + r.Next.String() + " by " + strings.Join(r.Decisive[:n], ", ")
		if rest := len(r.Decisive) - n; rest > 0 {
			text += fmt.Sprintf(" and %d more", rest)
		}
		if lines := fold(text, width); len(lines) <= 2 || n == 1 {
			return lines
		}
	}
}

// overview shows the grade of each part, and how http and https lead to the page.
func (t *textWriter) overview() {
	var parts []string
	for _, s := range t.r.Subjects {
		text := s.Name + together + s.Grade.String()
		if !s.Judged && s.Findings == 0 {
			text = s.Name + together + "–"
		}
		parts = append(parts, text)
	}
	t.hang("  parts  ", strings.Join(parts, ", "))
	for _, way := range t.r.Ways {
		var hops []string
		for _, h := range way {
			text := plain(h.URL)
			if h.Status != 0 {
				text += together + fmt.Sprintf("(%d)", h.Status)
			}
			hops = append(hops, text)
		}
		t.hang("  way    ", strings.Join(hops, " → "))
	}
	t.line()
}

// sent shows the headers of the judged page.
func (t *textWriter) sent() {
	if !t.options.Verbose {
		return
	}
	t.line(t.color("1", "HEADERS OF THE PAGE"))
	t.line()
	for _, h := range t.r.Headers {
		if h.Value == "" {
			t.line("  ", h.Name, ": ", t.color("1;33", "not sent"))
			continue
		}
		t.hang("  "+h.Name+": ", plain(h.Value))
	}
	t.line()
}

func (t *textWriter) group(g Grade) {
	found := t.r.group(g)
	if len(found) == 0 {
		return
	}
	title := "AT MOST " + g.String()
	if g == APlus {
		title = "LEFT TO DO, WITHOUT EFFECT ON THE GRADE"
	}
	t.line(t.color(gradeColor(g), title+"  "+strconv.Itoa(len(found))))
	t.line()
	for _, f := range found {
		t.finding(f)
	}
}

func (t *textWriter) finding(f *check.Finding) {
	t.title("  ", "", f.Title, f.ID)
	if f.Place.Request != "" {
		t.hang("    at   ", plain(f.Place.Request))
	}
	if f.Evidence != "" {
		t.hang("    seen ", plain(f.Evidence))
	}
	if t.options.Verbose {
		t.hang("    why  ", f.Why)
	}
	t.hang("    fix  ", plain(f.Fix))
	if t.options.Verbose {
		var refs []string
		for _, cwe := range f.CWE {
			refs = append(refs, fmt.Sprintf("CWE-%d", cwe))
		}
		for _, id := range f.ASVS {
			refs = append(refs, "ASVS "+id)
		}
		t.hang("    ref  ", strings.Join(append(refs, "OWASP "+f.OWASP+":2025", "fingerprint "+f.Fingerprint), ", "))
	}
	t.line()
}

// title writes what was found and the id of its rule, behind a mark in the
// colour of sgr.
func (t *textWriter) title(mark, sgr, title, id string) {
	id = "[" + plain(id) + "]"
	lines := fold(plain(title), t.options.Width-utf8.RuneCountInString(mark))
	last := lines[len(lines)-1]
	if t.options.Width > 0 && utf8.RuneCountInString(mark)+utf8.RuneCountInString(last)+2+len(id) > t.options.Width {
		lines = append(lines, "")
	}
	indent := strings.Repeat(" ", utf8.RuneCountInString(mark))
	for i, line := range lines {
		if i > 0 {
			mark, sgr = indent, ""
		}
		mark := mark
		if sgr != "" {
			mark = t.color(sgr, mark)
		}
		switch {
		case i < len(lines)-1:
			t.line(mark, t.color("1", line))
		case line == "":
			t.line(mark, t.color("2", id))
		default:
			t.line(mark, t.color("1", line), "  ", t.color("2", id))
		}
	}
}

func (t *textWriter) accepted() {
	hidden := t.r.Report.Hidden
	if len(hidden) == 0 {
		return
	}
	t.line(t.color("1", "ACCEPTED  "+strconv.Itoa(len(hidden))))
	t.line()
	for i := range hidden {
		t.title("  ", "", hidden[i].Title, hidden[i].ID)
		t.hang("    because ", plain(hidden[i].Reason))
		t.line()
	}
}

func (t *textWriter) compared(c *Comparison) {
	t.line(t.color("1", "SINCE "+c.Since.UTC().Format("2006-01-02 15:04")))
	t.line()
	t.line("  grade  ", c.Grade.String(), " → ", t.r.Grade.String(), "    Observatory  ", c.Scores(t.r.Observatory))
	for _, f := range c.Fixed {
		t.title("  fixed  ", "32", f.Title, f.ID)
	}
	for _, f := range c.New {
		t.title("  new    ", "31", f.Title, f.ID)
	}
	for _, f := range c.Unjudged {
		t.title("  ?      ", "33", f.Title, f.ID)
	}
	if len(c.Unjudged) > 0 {
		t.hang("  ", "those with ? were found then and not looked for now")
	}
	t.line("  ", plural(c.Remain, "finding"), " as before")
	t.line()
}

func (t *textWriter) tls() {
	info := t.r.TLS
	if info == nil {
		return
	}
	t.line(t.color("1", "TLS"))
	t.line()
	for _, v := range info.Versions {
		text := plural(len(v.Suites), "suite")
		if t.options.Verbose || len(v.Suites) <= 3 {
			var names []string
			for _, s := range v.Suites {
				names = append(names, strings.TrimPrefix(s.String(), "TLS_"))
			}
			text = strings.Join(names, ", ")
		}
		t.hang("  "+fmt.Sprintf("%-14s", v.Name), text)
	}
	if info.HTTP3 {
		t.line("  HTTP/3        announced")
	}
	if len(info.Groups) > 0 {
		var names []string
		for _, g := range info.Groups {
			names = append(names, g.String())
		}
		t.hang("  key exchange  ", strings.Join(names, ", "))
	}
	if info.Key != "" {
		by := ""
		if info.Issuer != "" {
			by = ", by " + plain(info.Issuer)
		}
		t.hang("  certificate   ", plain(info.Key)+", "+plain(info.Signature)+", until "+info.NotAfter.Format("2006-01-02")+by)
	}
	t.line()
}

func (t *textWriter) observatory() {
	o := &t.r.Observatory
	if !t.options.Verbose {
		return
	}
	t.line(t.color("1", fmt.Sprintf("HTTP OBSERVATORY, ALGORITHM %d", o.Algorithm)))
	t.line()
	if o.Note != "" {
		t.line("  ", o.Note)
	}
	for _, test := range o.Tests {
		line := fmt.Sprintf("  %+4d  %-30s  %s", test.Modifier, test.Name, test.Result)
		if t.options.Width > 0 && len(line) > t.options.Width {
			t.line(fmt.Sprintf("  %+4d  %s", test.Modifier, test.Name))
			line = "        " + test.Result
		}
		t.line(line)
	}
	t.line()
}

func (t *textWriter) notes() {
	for _, n := range t.r.Notes {
		t.hang("note: ", plain(n)+".")
	}
	for _, in := range t.r.unjudged() {
		t.label("could not be judged: ", "1;33", plain(in.What)+": "+plain(in.Reason)+".")
	}
}

// label writes a text behind a label in a colour.
func (t *textWriter) label(label, sgr, text string) {
	for i, line := range fold(text, t.options.Width-len(label)) {
		if i == 0 {
			t.line(t.color(sgr, label), line)
		} else {
			t.line(strings.Repeat(" ", len(label)), line)
		}
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
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
