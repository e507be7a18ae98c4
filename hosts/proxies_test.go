package hosts_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/hosts"
)

func TestParseProxies(t *testing.T) {
	got, err := hosts.ParseProxies([]string{"10.1.0.0/16", "10.2.3.4", "2001:db8::1", "::ffff:10.0.0.0/104", "::ffff:10.1.1.1", "loopback"})
	if err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, p := range got {
		text = append(text, p.String())
	}
	want := []string{"10.1.0.0/16", "10.2.3.4/32", "2001:db8::1/128", "10.0.0.0/8", "10.1.1.1/32", "127.0.0.0/8", "::1/128"}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Error(diff)
	}
	if got, err := hosts.ParseProxies(nil); got != nil || err != nil {
		t.Errorf("no entries: %v, %v", got, err)
	}
}

func TestParseProxiesRefuses(t *testing.T) {
	rows := map[string]string{
		"":                "neither",
		"*":               "anybody",
		"0.0.0.0/0":       "anybody",
		"::/0":            "anybody",
		"10.0.0.0/7":      "anybody",
		"8.0.0.0/7":       "anybody",
		"::ffff:0:0/95":   "bits beyond",
		"::ffff:0:0/96":   "anybody",
		"10.1.2.3/8":      "write 10.0.0.0/8, or 10.1.2.3",
		"10.0.0":          "neither",
		"fe80::1%eth0":    "neither",
		"cloudflair":      "cloudflare",
		"proxy.internal":  "neither",
		"10.0.0.1:80":     "neither",
		" 10.0.0.1":       "neither",
		"10.0.0.0/33":     "neither",
		"010.0.0.1":       "neither",
		"Private":         "private",
		"10.0.0.1-10.0.9": "neither",
	}
	var all []string
	for entry, want := range rows {
		all = append(all, entry)
		if _, err := hosts.ParseProxies([]string{entry}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", entry, err, want)
		}
	}
	if _, err := hosts.ParseProxies(all); err == nil || strings.Count(err.Error(), "\n") != len(rows)-1 {
		t.Errorf("not all faults at once: %v", err)
	}
}

// TestPresets holds that every preset is a list of proper networks, and knows
// some addresses of each that were written down anew.
func TestPresets(t *testing.T) {
	inside := map[string][]string{
		"loopback":   {"127.0.0.1", "::1"},
		"private":    {"10.0.0.1", "172.31.255.255", "192.168.1.1", "fd00::1"},
		"linklocal":  {"169.254.1.1", "fe80::1"},
		"cloudflare": {"104.16.0.1", "172.71.255.255", "2606:4700::1"},
		"fastly":     {"151.101.1.1", "2a04:4e42::1"},
		"google":     {"130.211.3.255", "35.191.0.1"},
	}
	for _, preset := range hosts.Presets() {
		prefixes := proxies(t, preset.Name)
		if len(prefixes) != len(preset.Networks) || preset.What == "" || preset.Source == "" {
			t.Errorf("%+v", preset)
		}
		for i, p := range prefixes {
			if p.String() != preset.Networks[i] {
				t.Errorf("%s: %s became %s", preset.Name, preset.Networks[i], p)
			}
		}
		g := gate(t, hosts.Config{AllowAnyHost: true, TrustedProxies: prefixes})
		if len(inside[preset.Name]) == 0 {
			t.Errorf("no address of %s is known", preset.Name)
		}
		for _, a := range inside[preset.Name] {
			if !g.Explain(from(netip.AddrPortFrom(netip.MustParseAddr(a), 1).String())).Trusted {
				t.Errorf("%s is not in %s", a, preset.Name)
			}
		}
		if g.Explain(from("172.32.0.1:1")).Trusted || g.Explain(from("[2001:db8::1]:1")).Trusted {
			t.Errorf("%s trusts strangers", preset.Name)
		}
	}
}
