package csp

import (
	"fmt"
	"strconv"
	"strings"
)

// Format returns the policy as "header", the text of the header; "go", a
// composite literal of [Policy]; or "toml", a line of merlon.toml.
func (p Policy) Format(format string) (string, error) {
	switch format {
	case "header":
		return p.String(), nil
	case "toml":
		return "csp = " + strconv.Quote(p.String()), nil
	case "go":
		return p.literal(), nil
	}
	return "", fmt.Errorf("csp: unknown format %q; there are header, go and toml", format)
}

// literal returns the policy in Go, as gofmt would write it.
func (p Policy) literal() string {
	if len(p) == 0 {
		return "csp.Policy{}"
	}
	names, width := p.names(), 0
	for _, d := range names {
		width = max(width, len(goDirective(d)))
	}
	var b strings.Builder
	b.WriteString("csp.Policy{\n")
	for _, d := range names {
		name := goDirective(d)
		b.WriteString("\t" + name + ":" + strings.Repeat(" ", width-len(name)+1) + "{")
		for i, v := range p[d] {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(goSource(v))
		}
		b.WriteString("},\n")
	}
	b.WriteString("}")
	return b.String()
}

// goDirective returns the constant of a directive, or its text in quotes.
func goDirective(d Directive) string {
	if lookup(d).kind == unknownKind {
		return strconv.Quote(string(d))
	}
	switch d {
	case BaseURI:
		return "csp.BaseURI"
	case ReportURI:
		return "csp.ReportURI"
	case RequireSRIFor:
		return "csp.RequireSRIFor"
	case WebRTC:
		return "csp.WebRTC"
	}
	return "csp." + camel(string(d))
}

// goSource returns the constant of a keyword, or the source in quotes.
func goSource(v Source) string {
	for _, k := range keywords {
		if k != v {
			continue
		}
		switch k {
		case NonceSource:
			return "csp.NonceSource"
		case ReportSHA256, ReportSHA384, ReportSHA512:
			return "csp.ReportSHA" + strings.TrimSuffix(strings.TrimPrefix(string(k), "'report-sha"), "'")
		}
		return "csp." + camel(strings.Trim(string(k), "'"))
	}
	switch v {
	case Script:
		return "csp.Script"
	case AllowDuplicates:
		return "csp.AllowDuplicates"
	}
	return strconv.Quote(string(v))
}

// camel turns words with hyphens into one name.
func camel(words string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(words, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}
