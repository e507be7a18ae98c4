package source_test

import (
	"context"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source"
	weakhash "github.com/merlon-go/merlon/check/source/weak-hash"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
)

func TestBig(t *testing.T) {
	dir := os.Getenv("BIG")
	if dir == "" {
		t.Skip()
	}
	checks := []source.Check{{Rule: weakhash.Rule, Analyzer: weakhash.Analyzer}}
	if os.Getenv("SSA") != "" {
		checks = append(checks, source.Check{Rule: check.Rule{ID: "x"}, Analyzer: &analysis.Analyzer{Name: "x", Requires: []*analysis.Analyzer{buildssa.Analyzer}, Run: func(*analysis.Pass) (any, error) { return nil, nil }}})
	}
	start := time.Now()
	target := &check.Target{Dir: dir, Paths: []string{"."}, CacheDir: os.Getenv("CACHE")}
	rules := source.Rules(checks, source.Config{Version: "1"})
	for i := range rules {
		fs, err := rules[i].Run(context.Background(), target)
		t.Log(rules[i].ID, len(fs), err)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	var ru syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &ru)
	t.Log(time.Since(start), "user", ru.Utime.Sec, "maxrss MB", ru.Maxrss/1024, "sys", m.Sys>>20)
}
