package check

import (
	_ "embed"
	"html/template"
	"io"
	"strings"
	"time"
)

//go:embed report.html
var reportPage string

// HTMLOptions say how [WriteHTML] writes.
type HTMLOptions struct {
	// Title is what was checked, such as the site's name; "" means "Merlon".
	Title string
	// Version is Merlon's own; "" leaves it out.
	Version string
}

// htmlReport is what the page shows.
type htmlReport struct {
	*Report
	HTMLOptions
	Groups       []htmlGroup
	Verdict      string
	Kind         string // fine, failed or findings
	Top10, ASVS  []coverage
	RanRules     int
	SkippedRules int
	Date         string
}

type htmlGroup struct {
	Level    Level
	Findings []Finding
}

// WriteHTML writes the report as one page that needs nothing else: no script,
// no font, no address is loaded, so it can be mailed, archived and printed. It
// ends with what the run covered of the OWASP Top 10:2025 and ASVS 5.0.
func WriteHTML(w io.Writer, r *Report, o HTMLOptions) error {
	page, err := template.New("report").Funcs(template.FuncMap{
		"join":      strings.Join,
		"citations": func(f Finding) string { return strings.Join(citations(&f), " · ") },
		"place":     func(p Place) string { return p.String() },
		"number":    func(p Place, i int) int { return p.FrameLine + i },
		"meant": func(p Place, i int) bool {
			n := p.FrameLine + i
			return n == p.Line || n > p.Line && n <= p.EndLine
		},
		"plain": plain,
		"code": func(line string) string { // tabs stay, what could reorder the line does not
			parts := strings.Split(line, "\t")
			for i := range parts {
				parts[i] = plain(parts[i])
			}
			return strings.Join(parts, "\t")
		},
	}).Parse(reportPage)
	if err != nil {
		return err
	}
	if o.Title == "" {
		o.Title = "Merlon"
	}
	data := htmlReport{
		Report: r, HTMLOptions: o,
		Top10: r.coverTop10(), ASVS: r.coverASVS(),
		RanRules: len(r.Rules) - r.ran(Skipped), SkippedRules: r.ran(Skipped),
		Date: r.Started.UTC().Format(time.RFC1123),
	}
	for _, level := range Levels() {
		group := htmlGroup{Level: level}
		for i := range r.Findings {
			if r.Findings[i].Level == level {
				group.Findings = append(group.Findings, r.Findings[i])
			}
		}
		if len(group.Findings) > 0 {
			data.Groups = append(data.Groups, group)
		}
	}
	switch r.ExitCode() {
	case ExitFindings:
		data.Kind, data.Verdict = "findings", "Not ready: findings at or above "+r.FailLevel.String()
	case ExitFailed:
		data.Kind, data.Verdict = "failed", "Incomplete: something could not be judged"
	default:
		data.Kind, data.Verdict = "fine", "Fine: nothing at or above "+r.FailLevel.String()
	}
	return page.Execute(w, data)
}
