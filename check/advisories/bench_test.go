package advisories_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/advisories"
)

func BenchmarkParseEntry(b *testing.B) {
	text := []byte(entries["GO-2099-0001"])
	b.ReportAllocs()
	for b.Loop() {
		if _, err := advisories.ParseEntry(text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRun judges a program of a hundred modules by a database of the size
// of the public one, flat and with an index.
func BenchmarkRun(b *testing.B) {
	mod := "module example.com/app\n\ngo 1.98.1\n\n"
	for i := range 100 {
		mod += fmt.Sprintf("require m%d.example/x v1.0.0\n", i*13)
	}
	flatFiles, indexedFiles, index := map[string]string{}, map[string]string{}, []string{}
	for i := range 4300 {
		id := fmt.Sprintf("GO-2098-%04d", i)
		text := strings.ReplaceAll(strings.ReplaceAll(entries["GO-2099-0001"], "GO-2099-0001", id), "a.example/one", fmt.Sprintf("m%d.example/x", i%1300))
		index = append(index, fmt.Sprintf(`{"path":"m%d.example/x","vulns":[{"id":"%s","modified":"2026-01-02T00:00:00Z"}]}`, i%1300, id))
		flatFiles[id+".json"], indexedFiles["ID/"+id+".json"] = text, text
	}
	indexedFiles["index/modules.json"] = "[" + strings.Join(index, ",") + "]"
	flat, indexed := write(b, b.TempDir(), flatFiles), write(b, b.TempDir(), indexedFiles)
	dir := write(b, b.TempDir(), map[string]string{"go.mod": mod})
	for _, source := range []string{flat, indexed} {
		b.Run(map[string]string{flat: "flat", indexed: "indexed"}[source], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				report, err := check.Run(b.Context(), check.Options{
					Rules: advisories.Rules(&advisories.Config{Source: source}), Tags: []string{"advisories"},
					Target: &check.Target{Dir: dir, Paths: []string{"."}, Now: func() time.Time { return now }},
				})
				if err != nil || len(report.Findings) < 100 {
					b.Fatal(err, len(report.Findings))
				}
			}
		})
	}
}

func BenchmarkAffects(b *testing.B) {
	e, err := advisories.ParseEntry([]byte(entries["GO-2099-0001"]))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		e.Affects("a.example/one", "v1.3.2")
	}
}
