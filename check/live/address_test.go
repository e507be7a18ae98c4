package live_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/merlon-go/merlon/check/live"
)

func TestPublic(t *testing.T) {
	for _, text := range []string{"1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450::1", "64:ff9b::1.1.1.1", "2002:101:101::1"} {
		if !live.Public(netip.MustParseAddr(text)) {
			t.Errorf("%s is public", text)
		}
	}
	for _, text := range []string{
		"127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1",
		"198.51.100.1", "203.0.113.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::7f00:1", "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::1", "2002:a00:1::", "2001:db8::1", "2001::1", "100::1",
	} {
		if live.Public(netip.MustParseAddr(text)) {
			t.Errorf("%s is not public", text)
		}
	}
}

// dials notes what is dialled and never connects.
type dials struct {
	mu   sync.Mutex
	list []string
}

func (d *dials) dial(_ context.Context, _, address string) (net.Conn, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list = append(d.list, address)
	return nil, errors.New("connection refused")
}

func (d *dials) dialled() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.list)
}

// changing gives a public address first and a private one afterwards.
type changing struct{ asked int }

func (c *changing) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	if c.asked++; c.asked > 1 {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	return []netip.Addr{netip.MustParseAddr("1.2.3.4")}, nil
}

// A name that changes its address after the check (DNS rebinding) must not
// lead the scan into the network it runs in.
func TestAttackRebinding(t *testing.T) {
	d, names := &dials{}, &changing{}
	_, err := live.Scan(t.Context(), "https://rebind.test/", live.Config{Resolver: names, Dial: d.dial, Pause: -1})
	if _, ok := errors.AsType[*live.UnreachableError](err); !ok {
		t.Fatalf("error %v", err)
	}
	if names.asked != 1 {
		t.Errorf("the name was resolved %d times, want once", names.asked)
	}
	list := d.dialled()
	for _, address := range list {
		if !strings.HasPrefix(address, "1.2.3.4:") {
			t.Errorf("dialled %s", address)
		}
	}
	if len(list) == 0 {
		t.Error("nothing was dialled")
	}
}

// A private address among public ones refuses the host: which one is dialled
// would be the attacker's choice.
func TestAttackPrivateAddresses(t *testing.T) {
	for _, c := range []struct {
		target string
		names  names
	}{
		{"https://127.0.0.1/", nil}, {"http://[::1]:8080/", nil}, {"http://169.254.169.254/latest/meta-data/", nil}, {"https://[::ffff:10.0.0.1]/", nil},
		{"https://internal.test/", names{"internal.test": "10.0.0.7"}}, {"https://local.test/", names{"local.test": "::1"}},
	} {
		d := &dials{}
		_, err := live.Scan(t.Context(), c.target, live.Config{Resolver: c.names, Dial: d.dial, Pause: -1})
		if _, ok := errors.AsType[*live.AddressError](err); !ok {
			t.Errorf("%s: error %v", c.target, err)
		}
		if list := d.dialled(); len(list) > 0 {
			t.Errorf("%s: dialled %v", c.target, list)
		}
	}
}

// One private address is enough, wherever it stands in the list, and however
// it is written.
func TestAttackOnePrivateAddress(t *testing.T) {
	for _, list := range []several{{"1.2.3.4", "10.0.0.7"}, {"10.0.0.7", "1.2.3.4"}, {"1.2.3.4", "1.2.3.5", "::ffff:127.0.0.1"}, {"2606:4700:4700::1111", "64:ff9b::a00:1"}} {
		d := &dials{}
		_, err := live.Scan(t.Context(), "https://mixed.test/", live.Config{Resolver: list, Dial: d.dial, Pause: -1})
		if _, ok := errors.AsType[*live.AddressError](err); !ok || len(d.dialled()) > 0 {
			t.Errorf("%v: error %v, dialled %v", list, err, d.dialled())
		}
	}
}

// A redirect to another host is reported and not followed, whatever it names.
func TestAttackRedirectToInternalHost(t *testing.T) {
	ca := newAuthority(t)
	for _, to := range []string{"http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:1/", "https://other.test/", "file:///etc/passwd", "https://site.test@evil.test/", "//evil.test/",
		"https://2130706433/", "http://0x7f000001/", "http://[::ffff:127.0.0.1]/", "http://[::1]/", "//169.254.169.254/", `https:\\evil.test/`, "gopher://127.0.0.1:6379/_x", "data:text/html,x", "https://site.test.evil.test/", "https://SITE.test:1@evil.test/"} {
		s := start(t, ca, plan{page: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		}})
		port := strings.TrimSuffix(strings.TrimPrefix(s.url, "https://site.test:"), "/")
		dial := s.config.Dial
		if dial == nil {
			dial = (&net.Dialer{}).DialContext
		}
		plain := fmt.Sprintf("127.0.0.1:%d", s.config.HTTPPort)
		s.config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if address != "127.0.0.1:"+port && address != plain {
				t.Errorf("%s: dialled %s", to, address)
			}
			return dial(ctx, network, address)
		}
		r := s.scan(t)
		if len(r.Notes) == 0 && !strings.HasPrefix(to, "file") {
			t.Errorf("%s: the redirect is not reported", to)
		}
	}
}

// Headers that the scan was given (credentials) go to the origin it was given,
// never to another one, never with a hostile Origin or Host, never to a
// certificate that nobody vouches for.
func TestAttackCredentialsLeak(t *testing.T) {
	ca := newAuthority(t)
	const secret = "Bearer 0123456789abcdef"
	for _, broken := range []bool{false, true} {
		var mu sync.Mutex
		got := 0
		s := start(t, ca, plan{
			page: good(func(a *reply) {
				mu.Lock()
				defer mu.Unlock()
				if a.r.Header.Get("Authorization") == "" {
					return
				}
				got++
				if a.r.Header.Get("Origin") != "" || a.r.Header.Get("X-Forwarded-Host") != "" || a.r.Method == "TRACE" || !strings.HasPrefix(a.r.Host, "site.test") {
					t.Errorf("credentials sent with %s %s %v", a.r.Method, a.r.Host, a.r.Header)
				}
			}),
			plain: func(_ http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") != "" {
					t.Error("credentials sent over plain http")
				}
			},
		})
		if broken {
			s.config.Roots = newAuthority(t).pool()
		}
		s.config.Header = http.Header{"Authorization": {secret}}
		if r := s.scan(t); !strings.HasPrefix(r.Page, "https://") || has(r, "live-https-missing") {
			t.Errorf("broken %t: without credentials the page is judged all the same: %s", broken, r.Page)
		}
		mu.Lock()
		sent := got
		mu.Unlock()
		if broken && sent > 0 {
			t.Error("credentials sent to a certificate that nobody vouches for")
		}
		if !broken && sent == 0 {
			t.Error("credentials not sent at all")
		}
	}
}

// A server that never ends its answer, or sends more than fits, holds the scan
// for no longer than one request may take, and in bounded memory.
func TestAttackEndlessAnswers(t *testing.T) {
	for name, end := range map[string]func(http.ResponseWriter, *http.Request){
		"much, and no end": func(w http.ResponseWriter, r *http.Request) {
			block := make([]byte, 64<<10)
			for range 128 { // 8 MiB
				if _, err := w.Write(block); err != nil {
					return
				}
			}
			<-r.Context().Done()
		},
		"a little, and no end": func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("<p>"))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
		"a letter now and then": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte("a"))
				_ = http.NewResponseController(w).Flush()
				time.Sleep(time.Second) // of the bubble
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := piped(t, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "text/html")
					if r.URL.Path == "/" && r.Header.Get("Origin") == "" {
						end(w, r)
					}
				})
				if r.Grade > live.C {
					t.Errorf("grade %s", r.Grade)
				}
			})
		})
	}
}

// lasting counts what was begun, and of that what has ended.
type lasting struct{ begun, ended atomic.Int64 }

func (l *lasting) begin() (end func()) {
	l.begun.Add(1)
	return sync.OnceFunc(func() { l.ended.Add(1) })
}

// A mute is a connection whose other end says nothing.
type mute struct {
	net.Conn
	end func()
}

func (m *mute) Close() error {
	m.end()
	return m.Conn.Close()
}

// A transport goes on opening a connection when the request that wanted it has
// given up: nothing of that outlives the scan.
func TestNothingOutlivesTheScan(t *testing.T) {
	for _, c := range []struct {
		name, target string
		dial         func(ctx context.Context, l *lasting) (net.Conn, error)
	}{
		{"while it dials", "http://127.0.0.1:8080/", func(ctx context.Context, l *lasting) (net.Conn, error) {
			defer l.begin()()
			<-ctx.Done()
			return nil, ctx.Err()
		}},
		{"while it shakes hands", "https://127.0.0.1:8443/", func(_ context.Context, l *lasting) (net.Conn, error) {
			time.Sleep(5 * time.Second) // of the bubble: the request gives up before the handshake would
			here, _ := net.Pipe()
			return &mute{here, l.begin()}, nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var l lasting
				_, err := live.Scan(t.Context(), c.target, live.Config{
					AllowPrivate: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) { return c.dial(ctx, &l) },
				})
				if ended, begun := l.ended.Load(), l.begun.Load(); ended != begun || begun == 0 {
					t.Errorf("of %d that were begun %d have ended", begun, ended)
				}
				if _, ok := errors.AsType[*live.UnreachableError](err); !ok {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}

// A site that redirects to itself for ever ends the scan after a few answers.
func TestAttackRedirectLoop(t *testing.T) {
	ca := newAuthority(t)
	n := 0
	var mu sync.Mutex
	s := start(t, ca, plan{page: func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		w.Header().Set("Location", fmt.Sprintf("/%d", n))
		mu.Unlock()
		w.WriteHeader(http.StatusFound)
	}})
	r := s.scan(t)
	if !has(r, "live-redirect-loop") {
		t.Errorf("not named: %v", ids(r))
	}
	if r.Requests > 200 {
		t.Errorf("%d requests", r.Requests)
	}
}

func ids(r *live.Result) []string {
	var list []string
	for _, f := range r.Report.Findings {
		list = append(list, f.ID)
	}
	return list
}

func has(r *live.Result, id string) bool {
	for _, f := range r.Report.Findings {
		if f.ID == id {
			return true
		}
	}
	return false
}
