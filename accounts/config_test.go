package accounts_test

import (
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/safehtml"
)

func TestConfigFaults(t *testing.T) {
	var good accounts.Config
	newSite(t, func(c *accounts.Config) { good = *c })
	empty, err := safehtml.Load(safehtml.Config{FS: fstest.MapFS{}})
	fatal(t, err)
	address := func(text string) *url.URL {
		u, err := url.Parse(text)
		fatal(t, err)
		return u
	}
	for _, c := range []struct {
		name   string
		change func(c *accounts.Config)
		want   string
	}{
		{"nothing wrong", func(*accounts.Config) {}, ""},
		{"no store", func(c *accounts.Config) { c.Store = nil }, "must be set"},
		{"no address", func(c *accounts.Config) { c.PublicURL = nil }, "PublicURL"},
		{"relative address", func(c *accounts.Config) { c.PublicURL = address("/x") }, "PublicURL"},
		{"other scheme", func(c *accounts.Config) { c.PublicURL = address("ftp://x") }, "PublicURL"},
		{"path in the address", func(c *accounts.Config) { c.PublicURL = address("https://x/y") }, "PublicURL"},
		{"user in the address", func(c *accounts.Config) { c.PublicURL = address("https://u@x/") }, "PublicURL"},
		{"query in the address", func(c *accounts.Config) { c.PublicURL = address("https://x/?y") }, "PublicURL"},
		{"slash in the address", func(c *accounts.Config) { c.PublicURL = address("https://x/") }, ""},
		{"foreign home", func(c *accounts.Config) { c.Home = "//evil.example" }, "Home"},
		{"long link", func(c *accounts.Config) { c.VerifyAge = 25 * time.Hour }, "VerifyAge"},
		{"short link", func(c *accounts.Config) { c.ResetAge = time.Second }, "ResetAge"},
		{"negative budget", func(c *accounts.Config) { c.MailBudget = -1 }, "MailBudget"},
		{"pages missing", func(c *accounts.Config) { c.Pages = empty }, "no page"},
		{"several", func(c *accounts.Config) { c.Store, c.MailBudget, c.Home = nil, 1000, "x" }, "must be set\naccounts: Home \"x\" is not a path of this site\naccounts: MailBudget"},
	} {
		config := good
		c.change(&config)
		_, err := accounts.New(config)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}
