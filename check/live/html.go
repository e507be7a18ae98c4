package live

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/merlon-go/merlon/check"
)

//go:embed result.html
var resultPage string

// HTMLOptions say how [WriteHTML] writes.
type HTMLOptions struct {
	// Version is Merlon's own; "" leaves it out.
	Version string
	// Compared, if not nil, is shown too.
	Compared *Comparison
}

type htmlGroup struct {
	Cap      Grade
	Lowers   bool
	Findings []*check.Finding
}

// Anchor is where the group is found in the page.
func (g htmlGroup) Anchor() string { return fmt.Sprintf("cap-%d", int(g.Cap)) }

// WriteHTML writes the result as one page that needs nothing else: no script,
// no font, no address is loaded, so it can be mailed, archived and printed.
func WriteHTML(w io.Writer, r *Result, o HTMLOptions) error {
	page, err := template.New("result").Funcs(template.FuncMap{
		"plain":  plain,
		"tone":   tone,
		"join":   strings.Join,
		"gaps":   (*Result).unjudged,
		"plural": plural,
		"refs": func(f *check.Finding) string {
			var refs []string
			for _, cwe := range f.CWE {
				refs = append(refs, fmt.Sprintf("CWE-%d", cwe))
			}
			for _, id := range f.ASVS {
				refs = append(refs, "ASVS "+id)
			}
			return strings.Join(append(refs, "OWASP "+f.OWASP+":2025"), " · ")
		},
	}).Parse(resultPage)
	if err != nil {
		return err
	}
	data := struct {
		*Result
		HTMLOptions
		Groups []htmlGroup
		Date   string
	}{Result: r, HTMLOptions: o, Date: r.Report.Started.UTC().Format(time.RFC1123)}
	for g := F; g <= APlus; g++ {
		if found := r.group(g); len(found) > 0 {
			data.Groups = append(data.Groups, htmlGroup{g, g < APlus, found})
		}
	}
	return page.Execute(w, data)
}

// tone is the class of a grade.
func tone(g Grade) string {
	switch {
	case g >= AMinus:
		return "good"
	case g >= BMinus:
		return "fair"
	}
	return "bad"
}
