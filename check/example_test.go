package check_test

import (
	"context"
	"fmt"
	"os"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/settings"
)

func ExampleRun() {
	rule := check.Rule{
		ID: "site-has-no-name", Title: "PUBLIC_URL is not set", Level: check.Warning, Tags: []string{"own"},
		Why: "Mails lead nowhere.", Fix: "Set PUBLIC_URL.",
		Run: func(_ context.Context, t *check.Target) ([]check.Finding, error) {
			if t.Settings.Hosts.PublicURL != nil {
				return nil, nil
			}
			return []check.Finding{{Place: check.Place{Setting: "PUBLIC_URL", Source: "default"}}}, nil
		},
	}
	report, err := check.Run(context.Background(), check.Options{
		Rules: []check.Rule{rule}, Deploy: true, Target: &check.Target{Settings: new(settings.Settings)},
	})
	if err != nil {
		panic(err)
	}
	check.WriteText(os.Stdout, report, check.TextOptions{})
	fmt.Println("exit code", report.ExitCode())
	// Output:
	// WARNING 1
	//
	//   PUBLIC_URL is not set  [site-has-no-name]
	//     at   PUBLIC_URL (default)
	//     fix  Set PUBLIC_URL.
	//
	// 1 finding (1 warning); 1 rule ran, fails at warning.
	// exit code 3
}
