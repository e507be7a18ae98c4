package check

import (
	"slices"
	"strconv"
	"strings"
)

// Explain returns all that is known about a rule, as text for a terminal of
// the given width in columns; 0 means 80.
func Explain(r *Rule, width int) string {
	if width <= 0 {
		width = 80
	}
	var b strings.Builder
	b.WriteString(r.ID + " (" + r.Level.String() + ")\n" + r.Title + ".\n")
	section := func(title, text string) {
		if text == "" {
			return
		}
		b.WriteString("\n" + title + "\n")
		for i, paragraph := range strings.Split(text, "\n\n") {
			if i > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(wrap(paragraph, width-2, "  "))
		}
	}
	section("Why it matters", r.Why)
	section("What to do", r.Fix)
	section("More", r.More)
	section("When it runs", r.when())
	section("Standards", strings.Join(r.citations(), ", "))
	if len(r.References) > 0 {
		b.WriteString("\nRead more\n")
		for _, ref := range r.References {
			b.WriteString("  " + ref + "\n")
		}
	}
	if r.asks() {
		b.WriteString("\nTo accept it, say why:\n  merlon scan URL --accept " + r.ID + "=\"why this is right here\"\n")
	} else {
		b.WriteString("\nTo accept it, silence the id with a reason:\n  [silenced_checks]\n  " + r.ID + " = \"why this is right here\"\n")
	}
	return b.String()
}

// asks reports whether the rule is one of merlon scan, which asks a running
// site.
func (r *Rule) asks() bool { return slices.Contains(r.Tags, "live") }

// Markdown returns all that is known about a rule as a page of documentation.
func Markdown(r *Rule) string {
	var b strings.Builder
	b.WriteString("# " + r.ID + "\n\n" + r.Title + ".\n\n")
	b.WriteString("| level | runs | tags | standards |\n|---|---|---|---|\n| " + r.Level.String() + " | " + r.runs() + " | " +
		strings.Join(r.Tags, ", ") + " | " + strings.Join(r.citations(), ", ") + " |\n\n")
	b.WriteString("**Why it matters.** " + r.Why + "\n\n**What to do.** " + r.Fix + "\n")
	if r.More != "" {
		b.WriteString("\n" + r.More + "\n")
	}
	if len(r.References) > 0 {
		b.WriteString("\nRead more:\n\n")
		for _, ref := range r.References {
			b.WriteString("- <" + ref + ">\n")
		}
	}
	return b.String()
}

func (r *Rule) runs() string {
	switch {
	case r.asks():
		return "with `scan`"
	case r.Deploy:
		return "with `--deploy`"
	}
	return "always"
}

func (r *Rule) when() string {
	tags := ", tags " + strings.Join(r.Tags, ", ") + "."
	switch {
	case r.asks():
		return "With merlon scan" + tags
	case r.Deploy:
		return "With --deploy" + tags
	}
	return "Always" + tags
}

func (r *Rule) citations() []string {
	return citations(&Finding{CWE: r.CWE, ASVS: r.ASVS, OWASP: r.OWASP, Django: r.Django})
}

// wrap breaks text at white space into lines of at most width columns.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	used := 0
	for _, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case used == 0:
			b.WriteString(indent)
		case used+1+n > width:
			b.WriteString("\n" + indent)
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	b.WriteByte('\n')
	return b.String()
}

// coverage lists, for each entry of a standard, what the run looked for.
type coverage struct {
	ID, Name string
	Total    string   // requirements by level, for ASVS
	IDs      []string // requirements that a rule covers
	Rules    []string // rules that ran
	Findings int
}

// coverTop10 says for every category of the OWASP Top 10:2025 which rules ran
// and what they found.
func (r *Report) coverTop10() []coverage {
	rows := make([]coverage, len(top10))
	for i, c := range top10 {
		rows[i] = coverage{ID: c.ID + ":2025", Name: c.Name}
		for _, o := range r.Rules {
			if o.Rule.OWASP == c.ID && o.Status != Skipped {
				rows[i].Rules = append(rows[i].Rules, o.Rule.ID)
				rows[i].Findings += o.Findings
			}
		}
		rows[i].Rules = sorted(rows[i].Rules)
	}
	return rows
}

// coverASVS says the same for every chapter of the ASVS 5.0.0.
func (r *Report) coverASVS() []coverage {
	rows := make([]coverage, len(asvs))
	for i, c := range asvs {
		rows[i] = coverage{ID: c.ID, Name: c.Name, Total: strconv.Itoa(c.L1 + c.L2 + c.L3)}
		for _, o := range r.Rules {
			touched := false
			for _, id := range o.Rule.ASVS {
				if strings.HasPrefix(id, c.ID+".") && o.Status != Skipped {
					rows[i].IDs = append(rows[i].IDs, id)
					touched = true
				}
			}
			if touched {
				rows[i].Rules = append(rows[i].Rules, o.Rule.ID)
				rows[i].Findings += o.Findings
			}
		}
		rows[i].IDs, rows[i].Rules = sorted(rows[i].IDs), sorted(rows[i].Rules)
	}
	return rows
}
