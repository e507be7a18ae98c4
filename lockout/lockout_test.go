package lockout_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/lockout"
)

func TestParseParameters(t *testing.T) {
	u, n, un, d := lockout.Parameter{User: true}, lockout.Parameter{Network: true}, lockout.Parameter{User: true, Network: true}, lockout.Parameter{User: true, Device: true}
	for _, row := range []struct {
		list string
		want []lockout.Parameter
		err  string
	}{
		{"user+network,user,network", []lockout.Parameter{un, u, n}, ""},
		{" network + user , device,user ", []lockout.Parameter{un, d, u}, ""},
		{"username+ip_address", []lockout.Parameter{un}, ""},
		{"", nil, "no parameters"},
		{" ", nil, "no parameters"},
		{"user,,network", nil, "empty name"},
		{"user+", nil, "empty name"},
		{"user,user", nil, "twice"},
		{"user+network,network+user", nil, "twice"},
		{"device,user+device", nil, "twice"},
		{"user+user", nil, "names user twice"},
		{"device", nil, "device alone"},
		{"device,network+device", nil, "device alone"},
		{"user_agent", nil, "user_agent"},
		{"User", nil, "unknown parameter"},
		{"session", nil, "unknown parameter"},
		{strings.Repeat("user+", 100) + "user", nil, "longer than"},
	} {
		got, err := lockout.ParseParameters(row.list)
		if row.err != "" {
			if err == nil || !strings.Contains(err.Error(), row.err) {
				t.Errorf("%q: %v, want %q", row.list, err, row.err)
			}
			continue
		}
		if d := cmp.Diff(row.want, got); d != "" || err != nil {
			t.Errorf("%q: %v\n%s", row.list, err, d)
		}
	}
}

func TestParseNetworks(t *testing.T) {
	got, err := lockout.ParseNetworks([]string{"10.1.2.3", " 10.1.2.3/16", "::ffff:192.0.2.1", "2001:db8::1/32"})
	if err != nil || fmt.Sprint(got) != "[10.1.2.3/32 10.1.0.0/16 192.0.2.1/32 2001:db8::/32]" {
		t.Errorf("%v, %v", got, err)
	}
	for text, problem := range map[string]string{
		"0.0.0.0/0": "everybody", "::/0": "everybody", "::ffff:10.0.0.0/104": "IPv4 network", "fe80::1%eth0": "neither", "10.0.0": "neither", "": "neither", "host.example": "neither",
	} {
		if got, err := lockout.ParseNetworks([]string{text}); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%q: %v, %v, want %q", text, got, err, problem)
		}
	}
}

func TestNewReportsEverything(t *testing.T) {
	_, err := lockout.New(lockout.Config{
		FailureLimit: 5000, Cooloff: time.Millisecond, MaxCooloff: 9000 * time.Hour * 24, Parameters: []lockout.Parameter{}, SkipDelay: true, Delay: time.Second,
		Spray: lockout.Spray{Users: 1}, DeviceCookie: "device", UnlockAge: 48 * time.Hour, DenyOthers: true,
		AllowNetworks: nil, DenyNetworks: []netip.Prefix{netip.MustParsePrefix("::/0"), {}, netip.MustParsePrefix("::ffff:10.0.0.0/104")}, MaxCounters: -1,
	})
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{"no keys", "no store", "failure limit", "cool-off", "longest cool-off", "no parameters", "SkipDelay", "spray", "__Host-",
		"unlock age", "DenyOthers", "everybody", "invalid network", "IPv4 network", "negative number"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not said: %s\n%v", want, err)
		}
	}
}

func TestLimits(t *testing.T) {
	for parameters, want := range map[string]map[string]int{
		"user+network,user,network": {"user+network": 5, "user": 20, "network": 100, "network/56": 400, "network/48": 1000, "user+device": 5, "spray-users": 30, "spray-networks": 10},
		"network":                   {"network": 5, "network/56": 20, "network/48": 80, "user+device": 5, "spray-users": 30, "spray-networks": 10},
		"user,device":               {"user": 5, "user+device": 5, "spray-users": 30, "spray-networks": 10},
	} {
		p, err := lockout.ParseParameters(parameters)
		if err != nil {
			t.Fatal(err)
		}
		s := newSite(t, func(c *lockout.Config) { c.Parameters = p })
		if d := cmp.Diff(want, s.Limits()); d != "" {
			t.Errorf("%s (-want +got):\n%s", parameters, d)
		}
	}
}

func TestAdministration(t *testing.T) {
	s := newSite(t, plain("user+network,user,network"))
	ctx := t.Context()
	v := s.visitor("2001:db8::7")
	for range 3 {
		v.login("Alice", false)
	}
	s.visitor("10.0.0.1").login("bob", false)
	list, err := s.List(ctx, lockout.ListOptions{})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	got := list[0]
	if got.Kind != "user+network" || got.Account != "alice" || got.Network.String() != "2001:db8::/64" || got.Failures != 3 || got.Limit != 3 ||
		!got.LockedUntil.Equal(start.Add(30*time.Minute)) || got.Locks != 1 || len(got.Attempts) != 3 || !got.Attempts[0].Time.Equal(start) {
		t.Errorf("%+v", got)
	}
	if len(s.locks) != 1 || s.locks[0].Account != "alice" || s.locks[0].Failures != 3 || s.locks[0].Client.String() != "2001:db8::7" {
		t.Errorf("hook: %+v", s.locks)
	}
	var all []lockout.Status
	for after := (lockout.ID{}); ; after = all[len(all)-1].ID {
		page, err := s.List(ctx, lockout.ListOptions{All: true, After: after, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, page...); len(page) < 2 {
			break
		}
	}
	if len(all) != 5+3 { // alice: user+network, user, and three networks; bob: three
		t.Errorf("%d counters", len(all))
	}
	if list, err = s.ShowNetwork(ctx, netip.MustParseAddr("2001:db8::9")); len(list) != 4 || err != nil {
		t.Errorf("%d counters of the network, %v", len(list), err)
	}
	if n, err := s.Unlock(ctx, "ALICE"); n != 2 || err != nil {
		t.Errorf("Unlock = %d, %v", n, err)
	}
	v.want("alice", true, 302)
	if n, err := s.UnlockNetwork(ctx, netip.MustParseAddr("2001:db8::1")); n != 4 || err != nil {
		t.Errorf("UnlockNetwork = %d, %v", n, err)
	}
	if n, err := s.UnlockAll(ctx); n == 0 || err != nil {
		t.Errorf("UnlockAll = %d, %v", n, err)
	}
	if n, err := s.Unlock(ctx, "nobody"); n != 0 || err != nil {
		t.Errorf("Unlock = %d, %v", n, err)
	}
	if s.events.count(audit.UserUnlocked) != 1+3+1 {
		t.Errorf("events %v", s.events.all)
	}
}

func TestPurge(t *testing.T) {
	s := newSite(t, plain("user"), func(c *lockout.Config) { c.MaxCounters = 10 })
	for i := range 30 {
		s.visitor("10.0.0.1").login("user"+string(rune('a'+i)), false)
	}
	if n, err := s.Purge(t.Context()); n != 20 || err != nil {
		t.Errorf("Purge = %d, %v", n, err)
	}
	s.wait(time.Hour)
	if n, err := s.Purge(t.Context()); n != 10 || err != nil {
		t.Errorf("Purge = %d, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Run(ctx); err != nil {
		t.Error(err)
	}
}

func TestAllowedNetworkIsNotCounted(t *testing.T) {
	s := newSite(t, plain("user+network,user,network"), func(c *lockout.Config) {
		c.AllowNetworks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	})
	for range 50 {
		s.visitor("::ffff:10.1.2.3").want("alice", false, 200)
	}
	if n := s.store.calls(); n != 0 {
		t.Errorf("%d calls of the store", n)
	}
	s.visitor("192.0.2.1").want("alice", true, 302)
}

func TestLongNames(t *testing.T) {
	s := newSite(t)
	v := s.visitor("10.0.0.1")
	v.want(strings.Repeat("a", 1025), false, 400)
	v.want(strings.Repeat("ü", 512), false, 200)
}

func TestRefuseAnswersAnyError(t *testing.T) {
	s := newSite(t)
	w := httptest.NewRecorder()
	s.Refuse(w, httptest.NewRequest("POST", "/", nil), errFault)
	if w.Code != 503 || w.Header().Get("Retry-After") != "5" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
