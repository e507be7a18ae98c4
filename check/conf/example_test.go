package conf_test

import (
	"context"
	"fmt"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/conf"
	"github.com/merlon-go/merlon/settings"
)

func ExampleRules() {
	set, err := settings.Load(settings.Source{Dir: "testdata", Environ: []string{
		"MERLON_SECRET_KEY=hR7mQ0vZ3kXw9TfB2nLdYc5sJpA8eGuI1oVx6KzNq4M",
		"MERLON_ALLOWED_HOSTS=*",
	}})
	report, err := check.Run(context.Background(), check.Options{
		Rules: conf.Rules(), Target: &check.Target{Settings: set, SettingsErr: err},
	})
	if err != nil {
		panic(err)
	}
	for _, f := range report.Findings {
		fmt.Println(f.Level, f.ID, f.Place)
	}
	// Output:
	// error allowed-hosts-wildcard ALLOWED_HOSTS (environment variable MERLON_ALLOWED_HOSTS)
}
