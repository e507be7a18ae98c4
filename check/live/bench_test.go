package live_test

import (
	"strings"
	"testing"

	"github.com/merlon-go/merlon/check/live"
)

func BenchmarkPage(b *testing.B) {
	body := []byte(strings.Repeat(`<p class="x"><a href="/a/b?c=d">link</a><img src="/i.png"><script src="/a.js" integrity="sha384-x"></script></p>`, 1000))
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		live.Page(body)
	}
}

func BenchmarkScan(b *testing.B) {
	s := start(b, newAuthority(b), plan{})
	b.ReportAllocs()
	for b.Loop() {
		if r, err := live.Scan(b.Context(), s.url, s.config); err != nil || r.Grade != live.APlus {
			b.Fatal(err)
		}
	}
}
