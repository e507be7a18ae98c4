package check

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// The form that Jenkins, GitLab and most other pipelines read: one test case a
// rule, a failure for each rule with findings at or above the fail level.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Failures  int         `xml:"failures,attr"`
		Errors    int         `xml:"errors,attr"`
		Skipped   int         `xml:"skipped,attr"`
		Time      string      `xml:"time,attr"`
		Timestamp string      `xml:"timestamp,attr,omitempty"`
		Cases     []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitMessage `xml:"failure"`
		Error   *junitMessage `xml:"error"`
		Skipped *junitMessage `xml:"skipped"`
		Output  *junitText    `xml:"system-out"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
	junitText struct {
		Text string `xml:",chardata"`
	}
)

// WriteJUnit writes the report as JUnit XML. A rule with findings at or above
// the fail level is a failure, one that could not judge is an error, findings
// below the fail level are output of a test that passed.
func WriteJUnit(w io.Writer, r *Report) error {
	seconds := strconv.FormatFloat(r.Duration.Seconds(), 'f', 3, 64)
	suite := junitSuite{Name: "merlon check", Time: seconds}
	if !r.Started.IsZero() {
		suite.Timestamp = r.Started.UTC().Format("2006-01-02T15:04:05")
	}
	rules := r.Rules
	for _, rule := range frameRules() { // they stand among the findings without having run
		if n := countID(r, rule.ID); n > 0 {
			rules = append(rules[:len(rules):len(rules)], Outcome{Rule: &rule, Status: Ran, Findings: n})
		}
	}
	for _, o := range rules {
		suite.Cases = append(suite.Cases, r.junitCase(o))
	}
	for _, c := range suite.Cases {
		suite.Tests++
		switch {
		case c.Failure != nil:
			suite.Failures++
		case c.Error != nil:
			suite.Errors++
		case c.Skipped != nil:
			suite.Skipped++
		}
	}
	out := junitSuites{Name: suite.Name, Tests: suite.Tests, Failures: suite.Failures, Errors: suite.Errors, Time: seconds, Suites: []junitSuite{suite}}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func countID(r *Report, id string) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].ID == id {
			n++
		}
	}
	return n
}

func (r *Report) junitCase(o Outcome) junitCase {
	c := junitCase{Name: o.Rule.ID, Class: "merlon." + strings.Join(o.Rule.Tags, ".")}
	var failing, passing, unjudged []string
	var worst *Finding
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.ID != o.Rule.ID {
			continue
		}
		text := f.Level.String() + ": " + f.Title
		if place := f.Place.String(); place != "" {
			text += "\n  at  " + place
		}
		text += "\n  fix " + f.Fix
		if f.Level < r.FailLevel {
			passing = append(passing, text)
			continue
		}
		failing = append(failing, text)
		if worst == nil {
			worst = f
			c.File, c.Line = f.Place.File, f.Place.Line
		}
	}
	for _, in := range r.Incomplete {
		if in.Rule == o.Rule.ID {
			unjudged = append(unjudged, xmlText(orWhole(in.Place.String())+": "+in.Reason))
		}
	}
	switch {
	case worst != nil:
		c.Failure = &junitMessage{xmlText(worst.Title), worst.Level.String(), xmlText(strings.Join(append(failing, unjudged...), "\n"))}
	case len(unjudged) > 0:
		c.Error = &junitMessage{"could not be judged", "incomplete", strings.Join(unjudged, "\n")}
	case o.Status == Skipped:
		c.Skipped = &junitMessage{Message: xmlText(o.Note)}
	}
	if len(passing) > 0 {
		c.Output = &junitText{xmlText(strings.Join(passing, "\n"))}
	}
	return c
}

// xmlText replaces what cannot stand in XML 1.0.
func xmlText(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
