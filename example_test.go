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
	set, err := settings.Load(settings.Source{Prefix: "SITE_", Dir: "."})
	if err != nil {
		log.Fatal(err) // every wrong setting at once, with its place
	}
	db, err := sqlite.Open(context.Background(), set.Store.DatabaseURL.Path, sqlite.Options{})
	if err != nil {
		log.Fatal(err)
	}
	site, err := merlon.New(set, merlon.Stores{Sessions: db.Sessions(), Accounts: db.Accounts(), Outbox: db.Outbox()})
	if err != nil {
		log.Fatal(err)
	}
	hello := func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "hello") }
	log.Fatal(site.Server(site.Protect(http.HandlerFunc(hello))).ListenAndServe())
}
