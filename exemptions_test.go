package merlon_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon"
)

func TestExemptionsAreListed(t *testing.T) {
	if got := compose(t, merlon.Config{}).Exemptions(); len(got) != 0 {
		t.Errorf("a site as delivered has %+v", got)
	}
	site := compose(t, merlon.Config{Settings: production(t,
		"MERLON_CSRF_TRUSTED_ORIGINS=https://app.example.com", "MERLON_SECURE_REDIRECT_EXEMPT=/.well-known/acme-challenge/")})
	want := []merlon.Exemption{
		{Control: "csrf", Pattern: "https://app.example.com", What: "this origin may send forms"},
		{Control: "hosts", Pattern: "/.well-known/acme-challenge/", What: "answered over plain http"},
	}
	if diff := cmp.Diff(want, site.Exemptions()); diff != "" {
		t.Error(diff)
	}
}
