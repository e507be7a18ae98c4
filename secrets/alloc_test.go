//go:build !race

package secrets_test

import "testing"

// TestMACAllocatesNothing does not run under the race detector, which makes
// sync.Pool forget at random.
func TestMACAllocatesNothing(t *testing.T) {
	m := newRing(t, "key").MAC("p")
	dst := make([]byte, 0, 32)
	tag := m.Sum(nil, []byte("part"))
	part := "part"
	if n := testing.AllocsPerRun(500, func() {
		dst = m.Sum(dst[:0], []byte(part), []byte(part))
		if !m.Verify(tag, []byte(part)) {
			t.Error("refused")
		}
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
