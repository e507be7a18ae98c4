// Package bidicharacters finds invisible characters that make code look
// different from what it does.
package bidicharacters

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "bidi-characters", Title: "Code that reads differently from what it does", Level: check.Error, Confidence: check.High, Tags: []string{"source", "supply-chain"},
	Why: "Characters that turn the direction of writing let a reviewer see other code than the compiler (Trojan Source).",
	Fix: "Remove the character, or write it as an escape in a string.",
	CWE: []int{1007}, ASVS: []string{"V15.2.4"}, OWASP: "A03", References: []string{"https://trojansource.codes"},
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

const (
	turning = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
	// Marks turn only what has no direction of its own, and stand in ordinary
	// Arabic and Hebrew text.
	marks = "\u200e\u200f\u061c"
)

func look(read *code.Reader) {
	for _, f := range read.Files() {
		for _, group := range f.Comments {
			for _, c := range group.List {
				if strings.ContainsAny(c.Text, turning) {
					read.Report(c, "", "a comment holds a character that turns the direction of writing")
				}
			}
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			switch {
			case !ok || lit.Kind != token.STRING:
			case strings.ContainsAny(lit.Value, turning):
				read.Report(lit, "", "a string holds a character that turns the direction of writing")
			case strings.ContainsAny(lit.Value, marks):
				read.Report(lit, "info low", "a string holds an invisible mark of the direction of writing")
			}
			return true
		})
	}
}
