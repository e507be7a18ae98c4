package source_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source"
	weakhash "github.com/merlon-go/merlon/check/source/weak-hash"
)

func ExampleRules() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	for name, text := range map[string]string{
		"go.mod": "module example.org/a\n\ngo 1.26\n",
		"a.go":   "package a\n\nimport \"crypto/md5\"\n\nfunc signature(b []byte) [16]byte { return md5.Sum(b) }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			fmt.Println(err)
			return
		}
	}
	rules := source.Rules([]source.Check{{Rule: weakhash.Rule, Analyzer: weakhash.Analyzer}}, source.Config{})
	report, err := check.Run(context.Background(), check.Options{Rules: rules, Target: &check.Target{Dir: dir, Paths: []string{"."}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range report.Findings {
		fmt.Printf("%s:%d %s %s: %s\n", f.Place.File, f.Place.Line, f.Level, f.ID, f.Title)
	}
	// Output: a.go:5 error weak-hash: MD5 is broken
}
