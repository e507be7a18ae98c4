package taint_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source/taint"
)

// FuzzPackage reads facts of any shape, as a cache that something has damaged
// may hold them: they are refused, or say something, but nothing panics.
func FuzzPackage(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 0, 0})
	f.Add(taint.PackedSample())
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<14 {
			return
		}
		var p taint.Package
		if p.GobDecode(text) == nil {
			taint.ReadAll(&p)
		}
	})
}

// TestPackedFactsAreTheSameBytes writes the same facts twice: what depends on
// a package is analysed again if they differ.
func TestPackedFactsAreTheSameBytes(t *testing.T) {
	if a, b := taint.PackedSample(), taint.PackedSample(); string(a) != string(b) {
		t.Errorf("%q, then %q", a, b)
	}
}

func TestPackedFacts(t *testing.T) {
	var p taint.Package
	if err := p.GobDecode(taint.PackedSample()); err != nil {
		t.Fatal(err)
	}
	if got := taint.ReadAll(&p); got != taint.SampleText() {
		t.Errorf("got  %s\nwant %s", got, taint.SampleText())
	}
}
