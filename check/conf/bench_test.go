package conf_test

import (
	"testing"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/settings"
	"github.com/merlon-go/merlon/store/memory"
)

// BenchmarkCheckDeploy is what a pipeline waits for, once the site is composed.
func BenchmarkCheckDeploy(b *testing.B) {
	set, err := settings.Load(settings.Source{Environ: hardened(nil), Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	db := memory.New()
	site, err := merlon.Compose(merlon.Config{Settings: set, Stores: merlon.Stores{Sessions: db.Sessions(), Accounts: db.Accounts(), Outbox: db.Outbox()}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		target := &check.Target{Settings: set, Site: site, Stat: noFile}
		if _, err := check.Run(b.Context(), check.Options{Rules: rules(), Deploy: true, Target: target}); err != nil {
			b.Fatal(err)
		}
	}
}
