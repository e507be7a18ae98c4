package leak_test

import (
	"os"
	"testing"

	"github.com/merlon-go/merlon/check/repo/leak"
)

// BenchmarkScan reads a source file without secrets: what most contents are.
func BenchmarkScan(b *testing.B) {
	text, err := os.ReadFile("tokens.go")
	if err != nil {
		b.Fatal(err)
	}
	var source []byte
	for len(source) < 1<<20 {
		source = append(source, text...)
	}
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		leak.Scan("a.go", source)
	}
}
