package conf

import (
	"context"
	"errors"
	"fmt"

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
			if t.SettingsErr == nil {
				if t.Settings == nil {
					return nil, fmt.Errorf("no settings: %w", check.ErrNotApplicable)
				}
				return nil, nil
			}
			all, ok := errors.AsType[settings.Errors](t.SettingsErr)
			if !ok {
				return []check.Finding{{Title: t.SettingsErr.Error()}}, nil
			}
			var found []check.Finding
			for _, e := range all {
				f := check.Finding{Title: e.Error(), Place: placeOf(e.Key, e.Source), Key: e.Key}
				if e.Nearest != "" {
					f.Fix = "Write " + e.Nearest + ", or remove the setting."
				}
				found = append(found, f)
			}
			return found, nil
		},
	}
}
