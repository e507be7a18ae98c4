package source_test

import (
	"testing"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source"
	weakhash "github.com/merlon-go/merlon/check/source/weak-hash"
)

// benchmarkRun reads the sources of this package and what lies below it.
func benchmarkRun(b *testing.B, config source.Config) {
	rules := source.Rules([]source.Check{{Rule: weakhash.Rule, Analyzer: weakhash.Analyzer}}, config)
	run := func() {
		target := &check.Target{Dir: ".", Paths: []string{"."}}
		if _, err := check.Run(b.Context(), check.Options{Rules: rules, Target: target}); err != nil {
			b.Fatal(err)
		}
	}
	run() // fills the cache, if there is one
	b.ReportAllocs()
	for b.Loop() {
		run()
	}
}

func BenchmarkRun(b *testing.B) { benchmarkRun(b, source.Config{}) }

func BenchmarkRunUnchanged(b *testing.B) {
	benchmarkRun(b, source.Config{CacheDir: b.TempDir(), Version: "benchmark"})
}

func BenchmarkStripBodies(b *testing.B) {
	text := []byte("package a\n\nfunc f(s string) (n int) {\n\tfor range s { // a comment with { in it\n\t\tn += len(`}`)\n\t}\n\treturn n\n}\n")
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		source.StripBodies(text)
	}
}
