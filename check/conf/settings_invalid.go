package conf

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/settings"
)

func settingsInvalid() check.Rule {
	return check.Rule{
		ID:     "settings-invalid",
		Title:  "A setting cannot be used",
		Level:  check.Error,
		Tags:   []string{"settings"},
		Why:    "A site with settings that cannot be read does not start, and one that ignored them would run without what they ask for.",
		Fix:    "Correct the setting; `settings` shows where each value comes from.",
		More:   "Every wrong setting is listed, with the place it was read from and the nearest known name. Values are never shown. The other checks of settings need settings that load, so they are skipped until these are repaired.",
		CWE:    []int{1188},
		OWASP:  "A02",
		Django: "security.E101, security.E102",
		Run: func(_ context.Context, t *check.Target) ([]check.Finding, error) {
			switch {
			case t.SettingsErr != nil:
				return faults(t.SettingsErr, nil), nil
			case t.SiteErr != nil:
				return faults(t.SiteErr, judged), nil
			case t.Settings == nil:
				return nil, fmt.Errorf("no settings: %w", check.ErrNotApplicable)
			}
			return nil, nil
		},
	}
}

// judged are the settings whose values rules of their own judge: what the
// composer says about them would be said twice.
var judged = []string{
	"ALLOWED_HOSTS", "SECURE_REFERRER_POLICY", "SECURE_CROSS_ORIGIN_OPENER_POLICY", "PERMISSIONS_POLICY", "SECURE_HSTS_PRELOAD",
	"CSP", "CSP_REPORT_ONLY", "CSRF_TRUSTED_ORIGINS", "SECRET_KEY",
}

// faults turns what settings.Load or the composer reports into findings, but
// for those about the settings in except.
func faults(err error, except []string) []check.Finding {
	all, ok := errors.AsType[settings.Errors](err)
	if !ok {
		return []check.Finding{{Title: strings.ReplaceAll(err.Error(), "\n", "; ")}}
	}
	var found []check.Finding
	for _, e := range all {
		if slices.Contains(except, e.Key) {
			continue
		}
		f := check.Finding{Title: e.Error(), Place: placeOf(e.Key, e.Source), Key: e.Key}
		if e.Nearest != "" {
			f.Fix = "Write " + e.Nearest + ", or remove the setting."
		}
		found = append(found, f)
	}
	return found
}
