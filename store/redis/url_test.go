package redis_test

import (
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/settings"
	"github.com/merlon-go/merlon/store/redis"
)

func TestParseURL(t *testing.T) {
	for _, c := range []struct {
		url     string
		address string // of all servers
		db      int
		tls     bool
		master  string
		single  bool
	}{
		{url: "redis://127.0.0.1", address: "127.0.0.1:6379"},
		{url: "redis://cache.example:7000/3", address: "cache.example:7000", db: 3, single: true},
		{url: "redis://[2001:db8::1]:7000/0", address: "[2001:db8::1]:7000"},
		{url: "rediss://ann:p%40ss@cache.example", address: "cache.example:6379", tls: true},
		{url: "valkey://cache.example/", address: "cache.example:6379"},
		{url: "valkeys://cache.example", address: "cache.example:6379", tls: true},
		{url: "redis://a.example:1,b.example:2", address: "a.example:1 b.example:2"},
		{url: "redis+cluster://a.example,b.example:2/0", address: "a.example:6379 b.example:2"},
		{url: "redis://a.example?addr=b.example:2&addr=c.example", address: "a.example:6379 b.example:2 c.example:6379"},
		{url: "redis+sentinel://a.example,b.example:2/mymaster/5", address: "a.example:26379 b.example:2", master: "mymaster", db: 5},
		{url: "redis+sentinel://a.example/5?master_set=mymaster", address: "a.example:26379", master: "mymaster", db: 5},
		{url: "redis://a.example:1?addr=b.example:2&master_set=mymaster", address: "a.example:1 b.example:2", master: "mymaster"},
		{url: "rediss+sentinel://a.example/m", address: "a.example:26379", master: "m", tls: true},
		{url: "unix:///run/redis.sock", address: "/run/redis.sock", single: true},
		{url: "redis://a.example/0?client_name=merlon&protocol=2", address: "a.example:6379"},
		{url: "redis://a.example?protocol=3", address: "a.example:6379"},
		{url: "rediss://a.example?ssl_cert_reqs=required&skip_verify=false", address: "a.example:6379", tls: true},
	} {
		option, err := redis.ParseURL(c.url)
		if err != nil {
			t.Errorf("%s: %v", c.url, err)
			continue
		}
		if got := strings.Join(option.InitAddress, " "); got != c.address || option.SelectDB != c.db ||
			(option.TLSConfig != nil) != c.tls || option.Sentinel.MasterSet != c.master || option.ForceSingleClient != c.single {
			t.Errorf("%s: address %q, db %d, tls %t, master %q, single %t", c.url, got, option.SelectDB,
				option.TLSConfig != nil, option.Sentinel.MasterSet, option.ForceSingleClient)
		}
		if c.tls && (option.TLSConfig.InsecureSkipVerify || option.TLSConfig.RootCAs != nil) {
			t.Errorf("%s: certificates are not checked against the system's authorities", c.url)
		}
	}
}

// TestSettingsURL reads every address that the settings accept, in the form in
// which they pass it on.
func TestSettingsURL(t *testing.T) {
	for _, c := range []struct{ url, address, master string }{
		{url: "redis://ann:pw@a.example/2", address: "a.example:6379"},
		{url: "redis://a.example,b.example:2", address: "a.example:6379 b.example:2"},
		{url: "redis+cluster://a.example,b.example", address: "a.example:6379 b.example:6379"},
		{url: "valkeys+cluster://a.example", address: "a.example:6379"},
		{url: "redis+sentinel://ann:pw@a.example,b.example:2/mymaster/3", address: "a.example:26379 b.example:2", master: "mymaster"},
		{url: "rediss+sentinel://a.example/3?master_set=mymaster", address: "a.example:26379", master: "mymaster"},
		{url: "redis+unix:///run/redis.sock", address: "/run/redis.sock"},
	} {
		u, err := settings.ParseCacheURL(c.url)
		if err != nil {
			t.Errorf("%s: %v", c.url, err)
			continue
		}
		option, err := redis.ParseURL(u.Reveal())
		if got := strings.Join(option.InitAddress, " "); err != nil || got != c.address || option.Sentinel.MasterSet != c.master {
			t.Errorf("%s: address %q, master %q, %v", c.url, got, option.Sentinel.MasterSet, err)
		}
	}
}

// TestLongTimeout: who allows a call more time than a connection has of its own
// gets it.
func TestLongTimeout(t *testing.T) {
	for _, c := range []struct{ timeout, connect, exchange time.Duration }{
		{0, time.Second, 2 * time.Second}, {time.Minute, time.Minute, time.Minute},
	} {
		db, err := redis.Open("redis+sentinel://a.example/m", redis.Options{Timeout: c.timeout})
		if err != nil {
			t.Fatal(err)
		}
		if connect, exchange := db.Bounds(); connect != c.connect || exchange != c.exchange {
			t.Errorf("%v: connecting may take %v and an exchange %v, want %v and %v", c.timeout, connect, exchange, c.connect, c.exchange)
		}
	}
}

func TestParseURLRefuses(t *testing.T) {
	const password = "hunter2"
	for _, url := range []string{
		"", "redis", "127.0.0.1:6379", "http://:" + password + "@a.example", "redis://", "redis://:" + password + "@/0",
		"redis://:" + password + "@a.example/zero", "redis://:" + password + "@a.example/-1", "redis://:" + password + "@a.example/99999",
		"redis://:" + password + "@a.example/" + password, "redis://:" + password + "@a.example/0#" + password,
		"redis://:" + password + "@a.example/0?max_retries=3", "redis://:" + password + "@a.example/0?%zz",
		"redis://:" + password + "@a.example/0?protocol=4", "redis://:" + password + "@a.example/0?protocol=2&protocol=3",
		"redis://:" + password + "@a.example,b.example/1", "redis://:" + password + "@a.example/1?addr=b.example",
		"redis+cluster://:" + password + "@a.example/1", "redis+cluster://:" + password + "@a.example?master_set=m",
		"redis+sentinel://:" + password + "@a.example", "redis+replica://:" + password + "@a.example",
		"redis://:" + password + "@a.example:port/0", "redis://:" + password + "@a.example/0?addr=b%2Fc", "redis://:" + password + "@a.example/0?addr=",
		"unix://" + password, "unix:///run/redis.sock?addr=a.example", "unix+sentinel:///run/redis.sock",
		"redis://:" + password + "%zz@a.example/0", "redis://" + strings.Repeat("a", 5000),
		"redis://:" + password + "@a.example/0?ssl_cert_reqs=none", "redis://:" + password + "@a.example/0?skip_verify=true",
		"rediss://:" + password + "@a.example/0?ssl_cert_reqs=optional", "rediss://:" + password + "@a.example/0?skip_verify=perhaps",
		"rediss://:" + password + "@a.example/0?ssl_ca_certs=/nowhere", "rediss://:" + password + "@a.example/0?ssl_ca_certs=url_test.go",
		"rediss://:" + password + "@a.example/0?ssl_certfile=url_test.go", "rediss://:" + password + "@a.example/0?ssl_keyfile=url_test.go",
	} {
		_, err := redis.ParseURL(url)
		if err == nil {
			t.Errorf("%s: no error", url)
		} else if strings.Contains(err.Error(), password) {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("redis://user:pw@host:1,host:2/0?protocol=2")
	f.Add("redis+sentinel://[::1]/m/1")
	f.Add("rediss://h?addr=a:1&addr=b&master_set=m")
	f.Add("unix:///x")
	f.Fuzz(func(t *testing.T, url string) {
		if strings.Contains(url, "ssl_") {
			t.Skip("would read files")
		}
		option, err := redis.ParseURL(url)
		if err == nil && len(option.InitAddress) == 0 {
			t.Errorf("%q: no address and no error", url)
		}
	})
}
