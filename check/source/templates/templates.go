// Package templates reads the files that html/template and text/template are
// given: attributes without quotes, values inside scripts, forms without a
// CSRF token. It reads them as text, so that one that does not parse is read
// too, and only those that have actions in them.
package templates

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source"
)

// Rules returns the rules about templates.
func Rules() []check.Rule {
	return []check.Rule{
		rule(check.Rule{
			ID: "template-attribute", Title: "An attribute without quotes", Level: check.Warning, Confidence: check.High, Tags: []string{"source", "templates", "xss"},
			Why: "A value with a space in it ends the attribute and begins another, such as an event handler; html/template escapes for that, text/template and readers do not.",
			Fix: "Put the value in double quotes.",
			CWE: []int{79, 116}, ASVS: []string{"V1.2.1", "V1.2.2"}, OWASP: "A05",
		}, attributes),
		rule(check.Rule{
			ID: "template-script", Title: "A value inside of a script", Level: check.Info, Confidence: check.Medium, Tags: []string{"source", "templates", "xss"},
			Why: "Escaping inside of scripts is the least sure, and no policy that forbids inline scripts can stand beside it.",
			Fix: "Put the value into a data attribute or a JSON element (safehtml's json), and read it from a script file.",
			CWE: []int{79}, ASVS: []string{"V1.2.3", "V3.4.3"}, OWASP: "A05",
		}, scripts),
		rule(check.Rule{
			ID: "template-form-token", Title: "A form that posts without a CSRF token", Level: check.Warning, Confidence: check.Low, Tags: []string{"source", "templates", "csrf"},
			Why: "Where the control relies on the token, the form fails; where there is no control, any site can post it in the visitor's name.",
			Fix: "Render by Merlon's safehtml, which adds the field, or write {{.CSRFField}} or its like into the form.",
			CWE: []int{352}, ASVS: []string{"V3.5.1"}, OWASP: "A01",
		}, forms),
	}
}

// A spot is a fault in a text.
type spot struct {
	start, end int
	title      string
	edits      []check.Edit
}

// rule makes a rule of a function that judges one text.
func rule(r check.Rule, judge func(text []byte) []spot) check.Rule {
	r.Run = func(ctx context.Context, t *check.Target) ([]check.Finding, error) {
		tree, err := source.Walk(ctx, t)
		if err != nil {
			return nil, err
		}
		if len(tree.Templates) == 0 {
			return nil, fmt.Errorf("no templates: %w", check.ErrNotApplicable)
		}
		var found []check.Finding
		var errs []error
		for _, file := range tree.Templates {
			if err := ctx.Err(); err != nil {
				return found, err
			}
			text, problem := tree.Read(file)
			if problem != nil {
				errs = append(errs, problem)
				continue
			}
			if !bytes.Contains(text, []byte("{{")) || bytes.Contains(text, []byte("{%")) {
				continue // not a template, or one of another language
			}
			name := tree.Rel(file)
			if bytes.Contains(text, []byte("merlon:ignore")) {
				t.Look(name)
			}
			for _, s := range judge(text) {
				found = append(found, finding(name, text, s))
			}
		}
		return found, errors.Join(errs...)
	}
	return r
}

func finding(name string, text []byte, s spot) check.Finding {
	line := bytes.Count(text[:s.start], []byte("\n")) + 1
	col := s.start - bytes.LastIndexByte(text[:s.start], '\n')
	for i := range s.edits {
		s.edits[i].File = name
	}
	return check.Finding{Title: s.title, Place: check.Place{File: name, Line: line, Col: col}, Edits: s.edits}
}

var (
	action    = `\{\{[^}]*\}\}`
	unquoted  = regexp.MustCompile(`(?s)<[A-Za-z](?:[^<>{}]|` + action + `)*?\s([A-Za-z-]+)=(` + action + `)([\s>/])`)
	scriptTag = regexp.MustCompile(`(?is)<script\b([^>]*)>(.*?)</script>`)
	valueIn   = regexp.MustCompile(`\{\{-?\s*([^}]*?)\s*-?\}\}`)
	formTag   = regexp.MustCompile(`(?is)<form\b([^>]*)>(.*?)</form>`)
	posts     = regexp.MustCompile(`(?i)\bmethod\s*=\s*["']?post\b`)
)

func attributes(text []byte) []spot {
	var list []spot
	for at := 0; at < len(text); {
		m := unquoted.FindSubmatchIndex(text[at:])
		if m == nil {
			break
		}
		start, end := at+m[4], at+m[5]
		name := strings.ToLower(string(text[at+m[2] : at+m[3]]))
		list = append(list, spot{
			start: start, end: end, title: "the value of " + name + " has no quotes",
			edits: []check.Edit{{Start: start, End: start, Text: `"`}, {Start: end, End: end, Text: `"`}},
		})
		at = end
	}
	return list
}

// structure are actions that put nothing into the page.
var structure = regexp.MustCompile(`^(if|else|end|range|with|define|block|template|break|continue|/\*)\b|^/\*|^$|:=`)

func scripts(text []byte) []spot {
	var list []spot
	for _, m := range scriptTag.FindAllSubmatchIndex(text, -1) {
		if strings.Contains(strings.ToLower(string(text[m[2]:m[3]])), "json") || strings.Contains(string(text[m[2]:m[3]]), "template") {
			continue
		}
		body := text[m[4]:m[5]]
		for _, v := range valueIn.FindAllSubmatchIndex(body, -1) {
			if !structure.Match(body[v[2]:v[3]]) {
				list = append(list, spot{start: m[4] + v[0], end: m[4] + v[1], title: "a value stands inside of a script"})
			}
		}
	}
	return list
}

func forms(text []byte) []spot {
	var list []spot
	for _, m := range formTag.FindAllSubmatchIndex(text, -1) {
		head, body := text[m[2]:m[3]], strings.ToLower(string(text[m[4]:m[5]]))
		if !posts.Match(head) || strings.Contains(body, "csrf") || strings.Contains(body, "xsrf") || strings.Contains(body, "{{template") || strings.Contains(body, "{{ template") {
			continue
		}
		list = append(list, spot{start: m[0], end: m[2], title: "the form posts without a CSRF token"})
	}
	return list
}
