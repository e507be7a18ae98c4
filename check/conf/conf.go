package conf

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/settings"
)

// Rules lists the rules of this package, in the order of their documentation.
func Rules() []check.Rule {
	return []check.Rule{
		settingsInvalid(),
		settingsDoubtful(),

		secretKeyMissing(),
		secretKeyWeak(),
		secretKeyFallbackWeak(),
		secretKeyFallbackSame(),
		secretKeyFallbackKept(),
		secretInConfigFile(),
		debugOn(),

		allowedHostsEmpty(),
		allowedHostsWildcard(),
		allowedHostsBroad(),
		publicURLMismatch(),
		publicURLInsecure(),
		sslHostMismatch(),
		sslRedirectOff(),
		sslRedirectLoop(),
		sslRedirectExempt(),
		trustedProxiesMissing(),
		trustedProxiesBroad(),

		hstsMissing(),
		hstsShort(),
		hstsNoSubdomains(),
		hstsNoPreload(),
		hstsPreloadUnfit(),
		referrerPolicyMissing(),
		referrerPolicyInvalid(),
		referrerPolicyWeak(),
		openerPolicyInvalid(),
		openerPolicyWeak(),
		resourcePolicyWeak(),
		frameOptionsWeak(),
		permissionsPolicyInvalid(),
		cspMissing(),
		cspInvalid(),
		cspWeak(),

		csrfOriginInvalid(),
		csrfOriginInsecure(),
		csrfOriginBroad(),
		csrfCookiePrefix(),
		sessionCookiePrefix(),
		sessionAgeLong(),
		sessionIdleLong(),
		passwordLengthShort(),
		lockoutWeak(),
		rateLimitOpen(),
		rateLimitReport(),
		bodyLimitLarge(),
		timeoutsLong(),

		mailMissing(),
		mailConsole(),
		mailPlaintext(),
		databasePlaintext(),
		databaseUnverified(),
		databaseSuperuser(),
		databaseVolatile(),
		redisPlaintext(),
		redisUnverified(),
		redisNoPassword(),
		upstreamPlaintext(),
		adminListenPublic(),
		securityContactMissing(),
		securityTxtStale(),

		envFileReadable(),
		configFileWritable(),
		databaseFileReadable(),
		secretFileReadable(),
		uploadFolderMissing(),
		runningAsRoot(),
		toolchainVulnerable(),

		exemptions(),
		siteHeaders(),
		siteHSTS(),
		siteCSP(),
		siteHost(),
		siteRedirect(),
		siteProxySpoof(),
		siteCSRF(),
		siteCSRFCookie(),
		siteMethods(),
		siteBodyLimit(),
		sitePanic(),
		appHeaders(),
		appCookies(),
		appScripts(),
		appFiles(),
		appDebug(),
		appBanner(),
	}
}

// A look is one rule at work on one target.
type look struct {
	*check.Target
	set   *settings.Settings
	found []check.Finding
	errs  []error
}

// onSettings makes r a rule that judges settings with f. Where there are none
// the rule has not judged, and says so.
func onSettings(r check.Rule, f func(l *look)) check.Rule {
	r.Run = func(_ context.Context, t *check.Target) ([]check.Finding, error) {
		switch {
		case t.Settings == nil && t.SettingsErr != nil:
			return nil, fmt.Errorf("the settings could not be loaded: %w", check.ErrNotApplicable)
		case t.Settings == nil:
			return nil, fmt.Errorf("no settings: %w", check.ErrNotApplicable)
		}
		l := &look{Target: t, set: t.Settings}
		f(l)
		return l.found, errors.Join(l.errs...)
	}
	return r
}

// add notes a finding about a setting. The title must not hold a secret. About
// a setting that could not be read it notes nothing: settings-invalid does, and
// what l.set holds is its default. A rule that looks at others too asks
// l.set.Sound for them.
func (l *look) add(key, title string, args ...any) *check.Finding {
	if !l.set.Sound(key) {
		return new(check.Finding)
	}
	if len(args) > 0 {
		title = fmt.Sprintf(title, args...)
	}
	l.found = append(l.found, check.Finding{Title: title, Place: l.place(key)})
	return &l.found[len(l.found)-1]
}

// wrong is add for a value that cannot be used. What the title quotes of it is
// left out: it may be a secret in the wrong place.
func (l *look) wrong(key, value, title string, args ...any) *check.Finding {
	return l.add(key, "%s", settings.Withhold(fmt.Sprintf(title, args...), value))
}

// cannot notes that a part could not be judged.
func (l *look) cannot(p check.Place, reason string) {
	l.errs = append(l.errs, &check.Unjudged{Place: p, Reason: reason})
}

func (l *look) place(key string) check.Place { return placeOf(key, l.set.Where(key)) }

var fileSource = regexp.MustCompile(`^([^\s:]+):([0-9]{1,9})$`)

// placeOf turns a setting and its source into a place: ".env:12" is also a
// line of a file, whose text is never shown because it may be a secret.
func placeOf(key, source string) check.Place {
	p := check.Place{Setting: key, Source: source, NoFrame: true}
	if m := fileSource.FindStringSubmatch(source); m != nil {
		p.File = m[1]
		p.Line, _ = strconv.Atoi(m[2]) // the pattern admits digits only
	}
	return p
}

// joined is errors.Join, nil for an empty list.
func joined(errs []error) error { return errors.Join(errs...) }
