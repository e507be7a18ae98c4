package request_test

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/merlon-go/merlon/internal/request"
)

func TestPeer(t *testing.T) {
	for remote, want := range map[string]string{
		"203.0.113.9:4711": "203.0.113.9", "0.0.0.0:0": "0.0.0.0", "255.255.255.255:65535": "255.255.255.255",
		"[2001:db8::1]:80": "2001:db8::1", "[::ffff:203.0.113.9]:1": "203.0.113.9", "[fe80::1%eth0]:1": "fe80::1",
		"203.0.113.9": "203.0.113.9", "2001:db8::1": "2001:db8::1",
		"": "", "@": "", "pipe": "", "203.0.113:1": "", "203.0.113.9.1:1": "", "203.0.113.09:1": "", "203.0.113.00:1": "",
		"203.0.113.256:1": "", "203.0.113.9:": "", "203.0.113.9:65536": "", "203.0.113.9:123456": "", "203.0.113.9:-1": "",
		"203.0.113.9:1 ": "", "203..113.9:1": "", "203.0.113.9.:1": "", "1.2.3.4:5:6": "",
	} {
		got := request.Peer(&http.Request{RemoteAddr: remote})
		if got.IsValid() != (want != "") || want != "" && got.String() != want {
			t.Errorf("%q: %v, want %q", remote, got, want)
		}
	}
}

// FuzzPeer finds the same address as netip, whatever the text.
func FuzzPeer(f *testing.F) {
	for _, seed := range []string{"203.0.113.9:4711", "1.2.3.4:0080", "1.2.3.4:00080", "01.2.3.4:1", "[::1]:1", "1.2.3.4", "1.2.3.4:99999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, remote string) {
		var want netip.Addr
		if ap, err := netip.ParseAddrPort(remote); err == nil {
			want = ap.Addr()
		} else if a, err := netip.ParseAddr(remote); err == nil {
			want = a
		}
		if got := request.Peer(&http.Request{RemoteAddr: remote}); got != want.Unmap().WithZone("") {
			t.Errorf("%q: %v, want %v", remote, got, want)
		}
	})
}

func BenchmarkPeer(b *testing.B) {
	for _, remote := range []string{"203.0.113.9:47110", "[2001:db8::1]:47110"} {
		b.Run(remote, func(b *testing.B) {
			r := &http.Request{RemoteAddr: remote}
			b.ReportAllocs()
			for b.Loop() {
				request.Peer(r)
			}
		})
	}
}
