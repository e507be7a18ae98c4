package targets

import (
	"context"
	"database/sql"
	"net/http"
)

var database *sql.DB

var operations = map[string]func(string){
	"find": func(s string) { database.Query("SELECT '" + s + "'") }, // want sql-injection
	"none": func(string) {},
}

func dispatch(r *http.Request) {
	if run := operations[r.FormValue("op")]; run != nil {
		run(r.FormValue("x"))
	}
}

type rootResolver struct{}

func (rootResolver) Search(ctx context.Context, args struct{ Text string }) error {
	_, err := database.Query("SELECT '" + args.Text + "'") // want sql-injection
	return err
}

func (rootResolver) find(ctx context.Context, args struct{ Text string }) error {
	_, err := database.Query(args.Text)
	return err
}
