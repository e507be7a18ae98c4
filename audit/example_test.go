package audit_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/store/memory"
)

func Example() {
	trail, err := audit.NewTrail(audit.TrailConfig{
		Store:           memory.New().Audit(), // sqlite or postgres in production
		InsecureUnkeyed: true,                 // MAC: ring.MAC("audit") in production
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	sink := audit.Tee(trail, audit.NewSlog(nil)) // a logger, for people who watch
	_ = sink.Record(ctx, audit.Event{Name: audit.LoginFail, Subject: "ann@example.com", Reason: "wrong-password"})
	_ = sink.Record(ctx, audit.Event{Name: audit.LoginSuccess, Actor: "ann"})

	newest, _ := trail.Tail(ctx, audit.Filter{Limit: 1})
	fmt.Println(newest[0].Sequence, newest[0].Event.Name)
	checkpoint, err := trail.Verify(ctx, audit.Checkpoint{})
	fmt.Println("whole up to", checkpoint.Sequence, err)
	// Output:
	// 2 authn_login_success
	// whole up to 2 <nil>
}

func ExampleRedact() {
	plain := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	log := slog.New(audit.Redact(plain))
	log.Info("connecting", "database", "postgres://merlon:hunter2@db/merlon", "dbPwd", "hunter2", "author", "ann")
	// Output: level=INFO msg=connecting database=postgres://[secret]@db/merlon dbPwd=[secret] author=ann
}
