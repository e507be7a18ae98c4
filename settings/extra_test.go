package settings_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/settings"
)

type provider func(string) (string, error)

func (p provider) Resolve(ref string) (string, error) { return p(ref) }

func TestProviders(t *testing.T) {
	vault := provider(func(ref string) (string, error) {
		switch ref {
		case "vault://site/key", "Vault://site/key":
			return "the key", nil
		case "vault://site/db":
			return "postgres://u:p@h/db", nil
		case "vault://site/old":
			return "old,with comma", nil
		case "vault://site/size":
			return "2MiB", nil
		}
		return "", errors.New("no such entry: " + ref)
	})
	src := settings.Source{
		Environ: []string{
			"MERLON_SECRET_KEY=vault://site/key", "MERLON_SECRET_KEY_FALLBACKS=plain,vault://site/old", "MERLON_BODY_LIMIT=vault://site/size", "DATABASE_URL=vault://site/db",
			"MERLON_ALLOWED_HOSTS=a.example", "MERLON_CSRF_TRUSTED_ORIGINS=https://b.example", "MERLON_UPSTREAM=http://h",
		},
		Providers: map[string]settings.Provider{"vault": vault},
	}
	s, err := load(t, src)
	if err != nil {
		t.Fatal(err)
	}
	if s.Keys.SecretKey.Reveal() != "the key" || s.Keys.Fallbacks[1].Reveal() != "old,with comma" || s.Server.BodyLimit != 2<<20 || s.Store.DatabaseURL.Name() != "db" {
		t.Errorf("%+v", s)
	}
	if want := "environment variable MERLON_SECRET_KEY, through vault://"; s.Where("SECRET_KEY") != want {
		t.Errorf("%q", s.Where("SECRET_KEY"))
	}
	src.Environ = append(env(), "MERLON_SECRET_KEY=vault://site/none", "MERLON_EMAIL_FROM=awssecretsmanager://x", "REDIS_URL=azurekeyvault://y")
	_, err = load(t, src)
	wantErrors(t, err,
		"MERLON_SECRET_KEY (environment variable MERLON_SECRET_KEY, through vault://): the provider of vault:// did not resolve it",
		"REDIS_URL (environment variable): a reference to azurekeyvault://, for which this program has no provider",
		"MERLON_EMAIL_FROM (environment variable): a reference to awssecretsmanager://, for which this program has no provider",
	)
	for _, scheme := range []string{"https", "postgres", "sqlite", "Vault", "a b", ""} {
		if _, err := load(t, settings.Source{Dev: true, Providers: map[string]settings.Provider{scheme: vault}}); err == nil {
			t.Errorf("a provider for %q was taken", scheme)
		}
	}
}

func TestOwnPrefixAndSettings(t *testing.T) {
	var own struct {
		key   secrets.Secret
		limit int
		ratio float64
		on    bool
		every time.Duration
		names []string
	}
	extra := []settings.Setting{
		settings.SecretText("STRIPE_KEY", &own.key, "Key of the payment service.").Require(),
		settings.Int("SHOP_LIMIT", &own.limit, 3, 1, 10, "Items in a basket."),
		settings.Float("SHOP_RATIO", &own.ratio, 0.5, "A ratio."),
		settings.Bool("SHOP_OPEN", &own.on, true, "Whether it is open."),
		settings.Duration("SHOP_EVERY", &own.every, time.Hour, time.Second, time.Hour, "How often."),
		settings.List("SHOP_NAMES", &own.names, "a,b", "Names.").Unprefixed(),
	}
	s, err := load(t, settings.Source{
		Prefix: "SHOP_", Extra: extra,
		Environ: []string{"SHOP_SECRET_KEY=k", "SHOP_ALLOWED_HOSTS=a", "SHOP_STRIPE_KEY=sk", "SHOP_SHOP_RATIO=0.25", "MERLON_NONSENSE=1", "SHOP_NAMES=x,y"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if own.key.Reveal() != "sk" || own.limit != 3 || own.ratio != 0.25 || !own.on || own.every != time.Hour || strings.Join(own.names, "|") != "x|y" {
		t.Errorf("%+v", own)
	}
	if s.Where("SHOP_STRIPE_KEY") != "environment variable SHOP_STRIPE_KEY" {
		t.Errorf("%q", s.Where("SHOP_STRIPE_KEY"))
	}
	_, err = load(t, settings.Source{Prefix: "SHOP_", Extra: extra, Environ: []string{"SHOP_SECRET_KEY=k", "SHOP_ALLOWED_HOSTS=a", "SHOP_STRIPE_KEYS=x", "SHOP_SHOP_LIMIT=11"}})
	wantErrors(t, err,
		"SHOP_STRIPE_KEY: required and not set", "SHOP_SHOP_LIMIT (environment variable): too large; the most is 10",
		"SHOP_STRIPE_KEYS (environment): unknown setting; did you mean SHOP_STRIPE_KEY?")
	var text string
	for name, src := range map[string]settings.Source{
		"prefix":  {Prefix: "shop"},
		"twice":   {Extra: []settings.Setting{settings.Text("DEBUG", &text, "", "")}},
		"file":    {Extra: []settings.Setting{settings.Text("X_FILE", &text, "", "")}},
		"lower":   {Extra: []settings.Setting{settings.Text("x", &text, "", "")}},
		"by hand": {Extra: []settings.Setting{{Key: settings.Key{Name: "X"}}}},
	} {
		src.Dev = true
		if _, err := load(t, src); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
