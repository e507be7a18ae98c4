package postgres_test

import (
	"testing"
	"time"

	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/store/storetest"
)

func TestCSPReports(t *testing.T) {
	storetest.TestCSPReports(t, func(t *testing.T) csp.ReportStore { return open(t).CSPReports() })
}

// TestWritersOfReportsHoldOffNobodyElse stops a write midway, before it changes
// a row that somebody holds: another writer waits for its turn, and whoever
// reads, and vacuum, go on.
func TestWritersOfReportsHoldOffNobodyElse(t *testing.T) {
	url := unbounded(t)
	db := openURL(t, url)
	s := db.CSPReports()
	at := time.Unix(1_800_000_000, 0)
	add := func() error {
		return s.Add(t.Context(), []csp.Report{{Kind: "script", Route: "/", Count: 1, First: at, Last: at}})
	}
	if err := add(); err != nil {
		t.Fatal(err)
	}
	rival, watch := newRival(t, url), newRival(t, url)
	rival.do("BEGIN")
	rival.do("SELECT FROM csp_reports FOR UPDATE")
	added, pruned := make(chan error, 1), make(chan error, 1)
	go func() { added <- add() }()
	watch.awaitWaiters(1, added)
	go func() {
		_, err := s.Prune(t.Context(), at.Add(-time.Hour))
		pruned <- err
	}()
	watch.awaitWaiters(2, pruned)
	watch.do("BEGIN")
	watch.do("LOCK TABLE csp_reports IN SHARE UPDATE EXCLUSIVE MODE NOWAIT") // what vacuum takes
	watch.do("ROLLBACK")
	if all, err := s.Reports(t.Context(), at, 9); len(all) != 1 || err != nil {
		t.Errorf("reading gave %v, %v", all, err)
	}
	rival.do("ROLLBACK")
	for _, done := range []<-chan error{added, pruned} {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if all, err := s.Reports(t.Context(), at, 9); len(all) != 1 || all[0].Count != 2 || err != nil {
		t.Errorf("after both writes: %v, %v", all, err)
	}
}
