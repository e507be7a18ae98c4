package live

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/merlon-go/merlon/check"
)

// TextOptions say how [WriteText] writes.
type TextOptions struct {
	// Color uses the colours of a terminal.
	Color bool
	// Verbose adds why, standards, every test of the Observatory and every
	// cipher suite.
	Verbose bool
	// Compared, if not nil, is shown too.
	Compared *Comparison
}

// letters draw the grades, six columns and five lines each.
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
	if o.Compared != nil {
		t.compared(o.Compared)
	}
	for g := F; g <= APlus; g++ {
		t.group(g)
	}
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
	beside := [5]string{
		t.color("1", plain(r.URL)),
		t.verdict(),
		"",
		fmt.Sprintf("%s on %s, %s in %.1f s", plural(len(r.Report.Findings), "finding"), plural(len(r.Pages), "page"), plural(r.Requests, "request"), r.Report.Duration.Seconds()),
		fmt.Sprintf("for comparison, MDN's HTTP Observatory (algorithm %d): %s", r.Observatory.Algorithm, score),
	}
	t.line()
	name := r.Grade.String()
	for i := range beside {
		drawn := letters[name[0]][i]
		if len(name) > 1 {
			drawn += " " + letters[name[1]][i]
		}
		t.line("  ", t.color(gradeColor(r.Grade), drawn), "   ", beside[i])
	}
	t.line("  ", t.color("2", strings.Repeat(" ", 16)+"grade "+name))
	t.line()
}

// verdict says what keeps the grade from being better.
func (t *textWriter) verdict() string {
	r := t.r
	if len(r.Decisive) == 0 {
		return "Nothing that was found lowers the grade."
	}
	text := "Kept from " + r.Next.String() + " by " + strings.Join(r.Decisive[:min(len(r.Decisive), 4)], ", ")
	if n := len(r.Decisive) - 4; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
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
	t.line("  ", t.color("1", plain(f.Title)), "  ", t.color("2", "["+f.ID+"]"))
	if f.Place.Request != "" {
		t.line("    at   ", plain(f.Place.Request))
	}
	if f.Evidence != "" {
		t.line("    seen ", plain(f.Evidence))
	}
	if t.options.Verbose {
		t.line("    why  ", f.Why)
	}
	t.line("    fix  ", plain(f.Fix))
	if t.options.Verbose {
		var refs []string
		for _, cwe := range f.CWE {
			refs = append(refs, fmt.Sprintf("CWE-%d", cwe))
		}
		for _, id := range f.ASVS {
			refs = append(refs, "ASVS "+id)
		}
		t.line("    ref  ", strings.Join(append(refs, "OWASP "+f.OWASP+":2025", "fingerprint "+f.Fingerprint), ", "))
	}
	t.line()
}

func (t *textWriter) compared(c *Comparison) {
	t.line(t.color("1", "SINCE "+c.Since.UTC().Format("2006-01-02 15:04")))
	t.line()
	t.line("  grade  ", c.Grade.String(), " → ", t.r.Grade.String(), fmt.Sprintf("    Observatory  %d → %d", c.Score, t.r.Observatory.Score))
	for _, f := range c.Fixed {
		t.line("  ", t.color("32", "fixed"), "  ", plain(f.Title), "  ", t.color("2", "["+plain(f.ID)+"]"))
	}
	for _, f := range c.New {
		t.line("  ", t.color("31", "new  "), "  ", plain(f.Title), "  ", t.color("2", "["+plain(f.ID)+"]"))
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
		t.line("  ", fmt.Sprintf("%-12s", v.Name), text)
	}
	if len(info.Groups) > 0 {
		var names []string
		for _, g := range info.Groups {
			names = append(names, g.String())
		}
		t.line("  key exchange  ", strings.Join(names, ", "))
	}
	if info.Key != "" {
		by := ""
		if info.Issuer != "" {
			by = ", by " + plain(info.Issuer)
		}
		t.line("  certificate   ", plain(info.Key), ", ", plain(info.Signature), ", until ", info.NotAfter.Format("2006-01-02"), by)
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
		t.line("  ", fmt.Sprintf("%+4d  %-30s  %s", test.Modifier, test.Name, test.Result))
	}
	t.line()
}

func (t *textWriter) notes() {
	for _, n := range t.r.Notes {
		t.line("note: ", plain(n), ".")
	}
	for _, in := range t.r.Report.Incomplete {
		t.line(t.color("1;33", "could not be judged: "), plain(in.Rule), ": ", plain(in.Reason), ".")
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
