package ldapinjection_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"

	ldapinjection "github.com/merlon-go/merlon/check/source/ldap-injection"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: ldapinjection.Rule, Analyzer: ldapinjection.Analyzer})
}
