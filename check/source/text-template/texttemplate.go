// Package texttemplate finds HTML that is made by text/template, which escapes
// nothing.
package texttemplate

import (
	"go/types"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "text-template", Title: "HTML is made by text/template", Level: check.Error, Confidence: check.High, Tags: []string{"source", "xss", "templates"},
	Why: "text/template escapes nothing: every value that a user wrote can hold a script that runs in others' browsers.",
	Fix: "Import html/template instead, or use Merlon's safehtml.",
	CWE: []int{79, 116}, ASVS: []string{"V1.1.2", "V1.2.1"}, OWASP: "A05", References: []string{"https://pkg.go.dev/html/template"},
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	spec := read.Imports("text/template")
	if spec == nil {
		return
	}
	for _, call := range read.Calls("text/template.Template.Execute", "text/template.Template.ExecuteTemplate") {
		if isResponse(read, call) {
			read.Report(call, "", "text/template writes into a response")
		}
	}
	for _, call := range read.Calls("text/template.Template.Parse") {
		if text, ok := read.String(call.Arg(0)); ok && isHTML(text) {
			read.Report(call, "medium", "text/template is given HTML")
		}
	}
	for _, call := range read.Calls("text/template.ParseFiles", "text/template.ParseGlob", "text/template.Template.ParseFiles", "text/template.Template.ParseGlob", "text/template.ParseFS", "text/template.Template.ParseFS") {
		for _, arg := range call.Args {
			if name, ok := read.String(arg); ok && (strings.HasSuffix(name, ".html") || strings.HasSuffix(name, ".htm") || strings.HasSuffix(name, ".gohtml")) {
				read.Report(call, "medium", "text/template reads %s", name)
				break
			}
		}
	}
}

func isResponse(read *code.Reader, call *code.Call) bool {
	if read.TypeOf(call.Arg(0)) == "net/http.ResponseWriter" {
		return true
	}
	t := read.Type(call.Arg(0))
	if t == nil {
		return false
	}
	for _, name := range []string{"Header", "WriteHeader"} {
		if found, _, _ := types.LookupFieldOrMethod(t, true, nil, name); found == nil {
			return false
		}
	}
	return true
}

func isHTML(text string) bool {
	text = strings.ToLower(text)
	for _, mark := range []string{"<html", "<!doctype html", "<body", "<div", "<script", "</p>", "</a>", "</td>"} {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}
