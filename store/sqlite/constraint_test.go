package sqlite_test

import (
	"errors"
	"testing"

	"github.com/merlon-go/merlon/safesql"
)

func TestConstraintsHaveNames(t *testing.T) {
	_, db := open(t).Pools()
	for _, q := range []safesql.Query{
		safesql.New("CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"),
		safesql.New("CREATE TABLE children (parent INTEGER NOT NULL REFERENCES parents (id))"),
		safesql.New("INSERT INTO parents (id, name) VALUES (?, ?)", 1, "a"),
	} {
		if _, err := db.Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		query safesql.Query
		want  error
	}{
		{safesql.New("INSERT INTO parents (id) VALUES (?)", 1), safesql.ErrUnique},
		{safesql.New("INSERT INTO parents (id, name) VALUES (?, ?)", 2, "a"), safesql.ErrUnique},
		{safesql.New("INSERT INTO children (parent) VALUES (?)", 2), safesql.ErrReference},
	} {
		if _, err := db.Exec(t.Context(), c.query); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.query, err, c.want)
		}
	}
	if _, err := safesql.One(t.Context(), db, safesql.New("INSERT INTO parents (id) VALUES (?) RETURNING id", 1), safesql.Int); !errors.Is(err, safesql.ErrUnique) {
		t.Errorf("same key twice, returning: %v", err)
	}
}
