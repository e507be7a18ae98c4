package merlon_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/settings"
	"github.com/merlon-go/merlon/store/sqlite"
)

// The README shows this example; its text is compared by TestReadmeShowsTheExample.
func Example() {
	ctx := context.Background()
	must := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	set, err := settings.Load(settings.Source{Prefix: "SITE_", Dir: "."})
	must(err) // every wrong setting at once, with its place
	db, err := sqlite.Open(ctx, set.Store.DatabaseURL.Path, sqlite.Options{})
	must(err)
	_, err = db.Migrate(ctx)
	must(err)
	site, err := merlon.New(set, merlon.Stores{Sessions: db.Sessions(), Accounts: db.Accounts(), Outbox: db.Outbox(), Lockout: db.Lockout()})
	must(err)
	hello := func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "hello") }
	must(site.ListenAndServe(ctx, http.HandlerFunc(hello)))
}
