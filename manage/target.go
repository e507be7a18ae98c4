package manage

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/internal/console"
	"github.com/merlon-go/merlon/settings"
	"github.com/merlon-go/merlon/store/memory"
	"github.com/merlon-go/merlon/store/postgres"
	"github.com/merlon-go/merlon/store/redis"
)

// target is what the checks look at: the settings, and the site composed from
// them with empty stores, so that probes leave no trace. pages adds the
// program's own.
func (p *Program) target(dev, pages bool, flags map[string]string) *check.Target {
	env := p.Env
	t := &check.Target{Dir: env.Dir, Now: env.Now, Root: env.Root, GoVersion: env.GoVersion, TempDir: env.TempDir}
	t.Settings = p.read(dev, flags)
	t.SettingsErr = t.Settings.Err()
	t.SecretFiles = p.secretFiles(t.Settings)
	p.addSite(t, pages)
	return t
}

// addSite composes the site of t.Settings for the probes.
func (p *Program) addSite(t *check.Target, pages bool) {
	site, err := p.trial(t.Settings)
	if err != nil {
		t.SiteErr = err
		return
	}
	t.Site = site
	for _, e := range site.Exemptions() {
		if e.Control != "hosts" { // SECURE_REDIRECT_EXEMPT has a check of its own
			t.Exemptions = append(t.Exemptions, check.Exemption(e))
		}
	}
	if p.Handler == nil || !pages {
		return
	}
	func() {
		defer func() {
			if v := recover(); v != nil {
				t.SiteErr = fmt.Errorf("the program's handler cannot be made: %v", v)
			}
		}()
		t.App = p.Handler(site)
	}()
}

// trial composes the site with empty stores. The error is everything that is
// wrong with the settings, whoever finds it: what could not be read, what the
// controls object to, and what the stores would.
func (p *Program) trial(set *settings.Settings) (*merlon.Site, error) {
	db := memory.New()
	c := merlon.Config{
		Settings: set, Console: io.Discard, Now: p.Env.Now, SiteName: p.SiteName,
		Stores: merlon.Stores{Sessions: db.Sessions(), Accounts: db.Accounts(), Outbox: db.Outbox()},
	}
	compose := p.compose
	if set.Err() != nil {
		compose = merlon.Compose // the program's own part may rely on its settings
	}
	site, err := compose(c)
	var wrong settings.Errors
	if u := set.Store.RedisURL; !u.IsZero() {
		if _, err := redis.ParseURL(u.Reveal()); err != nil {
			wrong = append(wrong, set.Fault("REDIS_URL", settings.Withhold(strings.TrimPrefix(err.Error(), "redis: "), u.Reveal()), err))
		}
	}
	if u := set.Store.DatabaseURL; u.Scheme == "postgres" {
		if err := postgres.CheckURL(u.Reveal()); err != nil {
			wrong = append(wrong, set.Fault("DATABASE_URL", strings.TrimPrefix(err.Error(), "postgres: "), err))
		}
	}
	if set.Gateway.Upstream != nil && p.Handler == nil {
		wrong = append(wrong, set.Fault("UPSTREAM", "set, and this program is no gateway; remove it", nil))
	}
	if len(wrong) > 0 {
		return nil, errors.Join(err, wrong)
	}
	return site, err
}

// handler is what the site serves behind its controls: the console, and the
// program's own pages or the welcome page.
func (p *Program) handler(site *merlon.Site, stores merlon.Stores) (http.Handler, error) {
	staff, err := console.New(console.Config{Site: site, Reports: stores.Reports, Now: p.Env.Now})
	if err != nil {
		return nil, err
	}
	app := site.Welcome()
	if p.Handler != nil {
		app = p.Handler(site)
	}
	return site.Protect(staff.Handler(app)), nil
}

// secretFiles finds the files that settings are read from.
func (p *Program) secretFiles(set *settings.Settings) map[string]string {
	files := map[string]string{}
	for _, v := range set.Explain() {
		source, ok := strings.CutPrefix(v.Source, "file named by ")
		if !ok {
			continue
		}
		source, _, _ = strings.Cut(source, ",") // ", through vault://"
		if name, ok := strings.CutPrefix(source, "environment variable "); ok {
			files[v.Key] = p.Env.Getenv(name)
		} else if line, ok := strings.CutPrefix(source, ".env:"); ok {
			files[v.Key] = p.envLine(line)
		}
		if files[v.Key] == "" {
			delete(files, v.Key)
		}
	}
	return files
}

// envLine returns the value on a line of .env, "" if there is none.
func (p *Program) envLine(number string) string {
	n, err := strconv.Atoi(number)
	text, readErr := p.dotenv()
	lines := strings.Split(text, "\n")
	if err != nil || readErr != nil || n < 1 || n > len(lines) {
		return ""
	}
	_, value, _ := strings.Cut(lines[n-1], "=")
	return strings.Trim(strings.TrimSpace(value), `"'`)
}
