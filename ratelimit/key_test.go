package ratelimit_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/ratelimit"
)

// everywhere runs a test with counts in memory and in a shared store, whose keys
// are made in another way.
func everywhere(t *testing.T, test func(t *testing.T, limiter func(rules string) *ratelimit.Limiter)) {
	t.Run("memory", func(t *testing.T) {
		test(t, func(rules string) *ratelimit.Limiter { return limiterFor(t, rules, nil) })
	})
	t.Run("store", func(t *testing.T) {
		test(t, func(rules string) *ratelimit.Limiter {
			return limiterFor(t, rules, func(cfg *ratelimit.Config) { cfg.Store, cfg.Keys = newShaky(t, nil), ring(t) })
		})
	})
}

// TestAttackValueLikeANetwork sends the very bytes that stand for a client's
// network where the value is absent, so as to use up its count.
func TestAttackValueLikeANetwork(t *testing.T) {
	everywhere(t, func(t *testing.T, limiter func(string) *ratelimit.Limiter) {
		for _, client := range []string{"[6162:6364:6566:6768::1]:1", "[f61:6262:6262:6262::1]:1"} {
			network, err := netip.MustParseAddrPort(client).Addr().Prefix(64)
			if err != nil {
				t.Fatal(err)
			}
			bytes := network.Addr().As16()
			h := limited(limiter("a: / by query:q 1/h"))
			for _, value := range []string{string(bytes[:]), string(bytes[1:]), string(bytes[:8]), network.Addr().String(), network.String()} {
				send(h, request("GET", "/?q="+url.QueryEscape(value), "203.0.113.66:1"))
			}
			if got := status(h, request("GET", "/", client)); got != 200 {
				t.Errorf("%s: a value used up the count of a network: %d", client, got)
			}
		}
	})
}

// TestAttackValuesThatRunTogether has values that read the same when joined, and
// the same values in another order, under another rule and of another kind.
func TestAttackValuesThatRunTogether(t *testing.T) {
	everywhere(t, func(t *testing.T, limiter func(string) *ratelimit.Limiter) {
		l := limiter("pair: by query:a+query:b 1/h; riap: by query:b+query:a 1/h; pai: by query:ra+query:b 1/h; one: by query:a 1/h; two: by header:A 1/h")
		for _, pair := range [][3]string{
			{"pair", "alice1", "1.1.1.1"}, {"pair", "alice", "11.1.1.1"}, {"pair", "alice1\x071.1.1.1", "x"}, {"pair", "x", "alice1\x071.1.1.1"},
			{"pair", "1.1.1.1", "alice1"}, {"riap", "alice1", "1.1.1.1"}, {"pai", "ralice1", "1.1.1.1"},
		} {
			if r, err := l.Allow(t.Context(), pair[0], pair[1], pair[2]); err != nil || !r.Allowed || r.Degraded {
				t.Errorf("%q shares a count: %+v, %v", pair, r, err)
			}
		}
		for _, rule := range []string{"one", "two"} {
			if r, err := l.Allow(t.Context(), rule, "ann"); err != nil || !r.Allowed {
				t.Errorf("%s shares a count: %+v, %v", rule, r, err)
			}
		}
	})
}

// TestAddressSpellings: a program may write an address as it likes.
func TestAddressSpellings(t *testing.T) {
	everywhere(t, func(t *testing.T, limiter func(string) *ratelimit.Limiter) {
		l := limiter("a: by network 1/h")
		for i, address := range []string{"192.0.2.1", "::ffff:192.0.2.1", "::ffff:c000:201", "2001:db8::1", "2001:DB8:0:0:ffff::%eth0"} {
			r, err := l.Allow(t.Context(), "a", address)
			if want := i == 0 || i == 3; err != nil || r.Allowed != want {
				t.Errorf("%s: %+v, %v, want allowed %t", address, r, err, want)
			}
		}
	})
}

// TestAttackSpellingsThatTheProgramKnows has a program that leaves dots out of
// names, as some mailboxes do: all spellings are one count, and equal values.
func TestAttackSpellingsThatTheProgramKnows(t *testing.T) {
	limiter := limiterFor(t, "f: POST / by form:email 2/h; h: GET / by header:X-Name 1/h", func(cfg *ratelimit.Config) {
		cfg.Normalize = func(value string) string { return strings.ReplaceAll(value, ".", "") }
	})
	h := limited(limiter)
	if got := play(h, post("/?email=ann", "203.0.113.9:1", "email=a.n.n"), post("/", "203.0.113.9:1", "email=an.n"), post("/", "203.0.113.9:1", "email=.ann")); got != "ooB" {
		t.Errorf("form: %s, want ooB", got)
	}
	named := func(name string) *http.Request {
		r := request("GET", "/", "203.0.113.9:1")
		r.Header.Set("X-Name", name)
		return r
	}
	if got := play(h, named("a.nn"), named("ann"), named("Ann")); got != "oBo" {
		t.Errorf("header: %s, want oBo", got)
	}
	if r, err := limiter.Allow(t.Context(), "f", "a..nn"); err != nil || r.Allowed {
		t.Errorf("a program: %+v, %v", r, err)
	}
}

// TestMultipartParsedBefore finds the field of a multipart form that somebody
// else parsed.
func TestMultipartParsedBefore(t *testing.T) {
	limiter := limiterFor(t, "a: / by form:email 1/h", nil)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			t.Error(err)
		}
		limited(limiter).ServeHTTP(w, r)
	})
	form := func(email string) *http.Request {
		r := post("/", "203.0.113.9:1", "--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\n"+email+"\r\n--x--\r\n")
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		return r
	}
	if got := play(h, form("ann"), form("bob"), form("ann")); got != "ooB" {
		t.Errorf("%s, want ooB", got)
	}
}
