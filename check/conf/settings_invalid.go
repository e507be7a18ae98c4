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
		More:   "Every wrong setting is listed, with the place it was read from and the nearest known name. Values are never shown. The other checks judge the settings that can be used; what they would say about a wrong one waits until it is repaired.",
		CWE:    []int{1188},
		OWASP:  "A02",
		Django: "security.E101, security.E102",
		Run: func(ctx context.Context, t *check.Target) ([]check.Finding, error) {
			if t.Settings == nil && t.SettingsErr == nil {
				return nil, fmt.Errorf("no settings: %w", check.ErrNotApplicable)
			}
			wrong := settings.Flatten(t.SettingsErr)
			said, err := elsewhere(ctx, t)
			for _, err := range settings.Flatten(t.SiteErr) {
				e, ok := err.(*settings.Error)
				if !ok || !slices.Contains(wrong, err) && !said[e.Name] {
					wrong = append(wrong, err)
				}
			}
			return faults(wrong), err
		},
	}
}

// elsewhere returns the settings of which other rules say all that the composer
// does, which would be said twice.
func elsewhere(ctx context.Context, t *check.Target) (map[string]bool, error) {
	open := map[string]int{}
	for _, err := range settings.Flatten(t.SiteErr) {
		if e, ok := err.(*settings.Error); ok {
			open[e.Name]++
		}
	}
	said := map[string]bool{}
	for _, r := range []check.Rule{
		allowedHostsEmpty(), allowedHostsWildcard(), referrerPolicyInvalid(), openerPolicyInvalid(), permissionsPolicyInvalid(),
		hstsPreloadUnfit(), cspInvalid(), csrfOriginInvalid(), csrfOriginInsecure(), secretKeyMissing(),
	} {
		found, err := r.Run(ctx, t)
		if err != nil && !errors.Is(err, check.ErrNotApplicable) {
			return nil, err
		}
		for _, f := range found {
			key := f.Place.Setting
			open[key]--
			said[key] = open[key] <= 0
		}
	}
	return said, nil
}

// faults turns what settings.Load and the composer report into findings.
func faults(wrong []error) []check.Finding {
	var found []check.Finding
	for _, err := range wrong {
		e, ok := err.(*settings.Error)
		if !ok {
			found = append(found, check.Finding{Title: strings.ReplaceAll(err.Error(), "\n", "; ")})
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
