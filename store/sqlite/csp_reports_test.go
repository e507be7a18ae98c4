package sqlite_test

import (
	"testing"

	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestCSPReports(t *testing.T) {
	storetest.TestCSPReports(t, func(t *testing.T) csp.ReportStore { return open(t).CSPReports() })
}
