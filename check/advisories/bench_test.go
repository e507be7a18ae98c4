package advisories_test

import (
	"testing"

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
