package cgienvironment_test

import (
	"strings"
	"testing"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source"
	cgienvironment "github.com/merlon-go/merlon/check/source/cgi-environment"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	findings := sourcetest.Run(t, source.Check{Rule: cgienvironment.Rule, Analyzer: cgienvironment.Analyzer})
	for _, f := range findings {
		if mild := strings.HasPrefix(f.Title, "headers of the request"); mild != (f.Level == check.Info) {
			t.Errorf("%s: %s is %s", f.Place, f.Title, f.Level)
		}
	}
}
