package settings_test

import (
	"fmt"
	"io/fs"
	"time"

	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/settings"
)

func Example() {
	s, err := settings.Load(settings.Source{
		// Leave Environ and ReadFile out to read the real ones.
		Environ: []string{
			"MERLON_SECRET_KEY=Zt8wQ1mB6vR3yK9xN5cP2fJ7hL4gD0sAeUiOoTrWqYzXbVnM8k3j6H1G5F2d9S4a",
			"MERLON_ALLOWED_HOSTS=www.example.com, .example.org",
			"DATABASE_URL=postgres://merlon:swordfish@db.example.com/site",
			"PORT=5000",
		},
		ReadFile: files(nil),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Keys.SecretKey)
	fmt.Println(s.Store.DatabaseURL)
	fmt.Println(s.Hosts.Allowed, s.Hosts.PublicURL)
	fmt.Println(s.Server.Listen, "from", s.Where("LISTEN"))
	// Output:
	// [secret]
	// postgres://merlon:***@db.example.com/site
	// [www.example.com .example.org] https://www.example.com
	// 0.0.0.0:5000 from environment variable PORT
}

func ExampleLoad_errors() {
	_, err := settings.Load(settings.Source{
		Environ:  []string{"MERLON_ALLOWED_HOST=www.example.com", "MERLON_DEBUG=maybe"},
		ReadFile: files(map[string]string{".env": "MERLON_SECRET_KEY=changeme\nMERLON_SESSION_IDLE_AGE=soon\n"}),
	})
	fmt.Println(err)
	// Output:
	// settings: MERLON_DEBUG (environment variable): not a boolean; use true or false
	// settings: MERLON_ALLOWED_HOSTS: required and not set
	// settings: MERLON_SESSION_IDLE_AGE (.env:2): not a duration; write it like 90s, 15m, 24h or 14d
	// settings: MERLON_ALLOWED_HOST (environment): unknown setting; did you mean MERLON_ALLOWED_HOSTS?
}

// A program adds settings of its own, under its own prefix.
func ExampleSource_extra() {
	var shop struct {
		PaymentKey secrets.Secret
		Refresh    time.Duration
	}
	s, err := settings.Load(settings.Source{
		Prefix: "SHOP_",
		Dev:    true,
		Extra: []settings.Setting{
			settings.SecretText("PAYMENT_KEY", &shop.PaymentKey, "Key of the payment service.").Require(),
			settings.Duration("REFRESH", &shop.Refresh, time.Hour, time.Minute, 24*time.Hour, "How often prices are fetched."),
		},
		Environ:  []string{"SHOP_PAYMENT_KEY=sk_1", "SHOP_REFRESH=15m"},
		ReadFile: files(nil),
	})
	fmt.Println(shop.PaymentKey, shop.Refresh, s.Where("REFRESH"), err)
	// Output: [secret] 15m0s environment variable SHOP_REFRESH <nil>
}

// A program that wants to hear from the controls too reads the settings
// whatever is wrong, and lets merlon.Compose judge the rest.
func ExampleRead() {
	s := settings.Read(settings.Source{
		Environ:  []string{"MERLON_SECRET_KEY=k", "MERLON_ALLOWED_HOSTS=a.example", "MERLON_BODY_LIMIT=1M"},
		ReadFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist },
	})
	fmt.Println(s.Err())
	fmt.Println(settings.FormatSize(s.Server.BodyLimit), s.Sound("BODY_LIMIT"), s.Sound("CSP"))
	// Output:
	// settings: MERLON_BODY_LIMIT (environment variable): not a size; write it like 512KiB, 1MiB or 10MB
	// 1MiB false true
}
