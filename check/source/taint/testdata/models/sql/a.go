// Package sql asks databases through the libraries that people use.
package sql

import (
	"context"
	"database/sql"
	"net/http"

	"cloud.google.com/go/bigquery"
	"github.com/Masterminds/squirrel"
	"github.com/jackc/pgx"
	pgx5 "github.com/jackc/pgx/v5"
	"github.com/jmoiron/sqlx"
	"go.mongodb.org/mongo-driver/mongo"
	"gorm.io/gorm"
)

type user struct{ Name string }

func mapper(db *gorm.DB, r *http.Request) {
	in := r.FormValue("in")
	var u user
	db.Raw("select * from users where name = '" + in + "'") // want sql-injection
	db.Where("name = '" + in + "'").First(&u)               // want sql-injection
	db.Where("name = ?", in).First(&u)
	db.Where(&user{Name: in}).First(&u)
	db.Where(map[string]any{"name": in}).First(&u)
	db.First(&u, in) // want sql-injection
	db.First(&u, "name = ?", in)
	db.Delete(&u, "name = "+in) // want sql-injection
	db.Order(in)                // want sql-injection
	var names []string
	db.Pluck(in, &names) // want sql-injection
}

func drivers(ctx context.Context, c *pgx.Conn, c5 *pgx5.Conn, r *http.Request) {
	in := r.FormValue("in")
	c.Query(in)              // want sql-injection
	c5.Query(ctx, in)        // want sql-injection
	c5.Prepare(ctx, "x", in) // want sql-injection
	c5.Prepare(ctx, in, "select 1")
	c5.Query(ctx, "select 1 where a = $1", in)
	(&pgx5.Batch{}).Queue(in) // want sql-injection
}

func builder(r *http.Request) squirrel.SelectBuilder {
	in := r.FormValue("in")
	q := squirrel.Select("name").From("users")
	q = q.Where(squirrel.Eq{"name": in})
	q = q.Where("name = ?", in)
	q = q.Where(squirrel.Expr("name = '" + in + "'")) // want sql-injection
	return q.OrderBy("id", in)                        // want sql-injection
}

func conditions(r *http.Request) {
	in := r.FormValue("in")
	q := squirrel.Select("name").From("users")
	q.Where(squirrel.And{squirrel.Eq{"name": in}})
	q.Where(squirrel.Eq{in: 1}) // want sql-injection
	list := squirrel.And{}
	for name, values := range r.URL.Query() {
		list = append(list, squirrel.Eq{name: values[0]})
	}
	q.Where(list) // want sql-injection
	only(q, squirrel.Eq{"name": in})
}

func only(q squirrel.SelectBuilder, what squirrel.Sqlizer) { q.Where(what) }

func around(ctx context.Context, db *sqlx.DB, r *http.Request) {
	in := r.FormValue("in")
	var u user
	db.Get(&u, in) // want sql-injection
	db.Get(&u, "select 1 where a = ?", in)
	query, args, _ := sqlx.In("select 1 where a in (?)", in)
	db.SelectContext(ctx, &u, db.Rebind(query), args...)
	query, _, _ = sqlx.In(in)
	db.SelectContext(ctx, &u, query) // want sql-injection
}

func services(c *bigquery.Client, coll *mongo.Collection, r *http.Request) {
	in := r.FormValue("in")
	c.Query(in) // want sql-injection
	q := c.Query("select 1")
	q.Q = "select " + in                                             // want sql-injection
	coll.Distinct(r.Context(), "name", map[string]any{"$where": in}) // want nosql-injection
	coll.ReplaceOne(r.Context(), map[string]any{"id": 1}, in)
}

// database is what generated code puts before a pool or a transaction.
type database interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	Named(string) string
}

func generated(db database, r *http.Request) {
	db.QueryContext(r.Context(), "select 1 where a = ?", r.FormValue("in"))
	db.QueryContext(r.Context(), "select "+r.FormValue("in")) // want sql-injection
	db.Named(r.FormValue("in"))
}
