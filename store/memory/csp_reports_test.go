package memory_test

import (
	"testing"

	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/store/memory"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestCSPReports(t *testing.T) {
	storetest.TestCSPReports(t, func(t *testing.T) csp.ReportStore { return memory.New().CSPReports() })
}
