package all_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/merlon-go/merlon/check/all"
)

// buildAnalyzers is what the plugin of the documentation does.
func buildAnalyzers() ([]*analysis.Analyzer, error) {
	var list []*analysis.Analyzer
	for _, c := range all.Source() {
		list = append(list, c.Analyzer)
	}
	return list, nil
}

// TestAnalysersAreTakenByOtherDrivers: go vet, golangci-lint and gopls refuse a
// list of which one is not well formed, or whose names are not unique.
func TestAnalysersAreTakenByOtherDrivers(t *testing.T) {
	list, err := buildAnalyzers()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all.Source() {
		if c.Fallback != nil {
			list = append(list, c.Fallback)
		}
	}
	if err := analysis.Validate(list); err != nil {
		t.Error(err)
	}
	names := map[string]bool{}
	for _, c := range all.Source() {
		if names[c.Analyzer.Name] || c.Analyzer.Doc == "" {
			t.Errorf("analyser %q: twice, or without a text", c.Analyzer.Name)
		}
		names[c.Analyzer.Name] = true
	}
}

// TestPluginOfTheDocumentation is Go, and builds its list as this file does.
func TestPluginOfTheDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../docs/check-source.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "```go\npackage merlonlint\n")
	text, _, found := strings.Cut("package merlonlint\n"+text, "```")
	if !found {
		t.Fatal("docs/check-source.md has no plugin any more")
	}
	shown, err := parser.ParseFile(token.NewFileSet(), "plugin.go", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile("plugin_test.go")
	if err != nil {
		t.Fatal(err)
	}
	methods := map[string]bool{}
	for _, d := range shown.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
			methods[f.Name.Name] = true
			if f.Name.Name == "BuildAnalyzers" {
				if body := text[f.Body.Pos()-1 : f.Body.End()-1]; !strings.Contains(string(own), body) {
					t.Errorf("BuildAnalyzers of the page is not what is tested here:\n%s", body)
				}
			}
		}
	}
	if !methods["BuildAnalyzers"] || !methods["GetLoadMode"] {
		t.Errorf("the plugin has the methods %v", methods)
	}
}
