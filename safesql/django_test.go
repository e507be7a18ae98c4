package safesql_test

import (
	"database/sql"
	"errors"
	"fmt"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/merlon-go/merlon/safesql"
)

// The tests in this file are named after Django's holes. Values were never the
// hole: identifiers and operators from a map with foreign keys were.

// library is a database with something to steal.
func library(t *testing.T) *safesql.DB {
	t.Helper()
	pool, err := sql.Open("sqlite", "file::memory:")
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(1)
	db := safesql.Wrap(pool, safesql.Question, nil)
	t.Cleanup(func() { db.Close() })
	for _, q := range []safesql.Query{
		safesql.New("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT, year INTEGER, data TEXT, secret TEXT)"),
		safesql.New("INSERT INTO books VALUES (1, 'A', 1999, ?, 's1'), (2, 'B', 2005, ?, 's2')", `{"tags": {"new": 1}}`, `{"a\"b": 2}`),
	} {
		if _, err := db.Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// count runs q and returns how many rows it gives.
func count(t *testing.T, db *safesql.DB, q safesql.Query) (int, error) {
	t.Helper()
	rows, err := safesql.All(t.Context(), db, q, func(safesql.Row) (struct{}, error) { return struct{}{}, nil })
	return len(rows), err
}

// crafted are names as the reports show them.
var crafted = []string{
	`id" FROM books; DROP TABLE books --`, `id", secret AS "x`, `1=1) OR (1`, `title"; --`, "title\u00a0OR", `a.b`, `title/**/`, `"title"`,
	`_connector`, `_negated`, `secret`, `password__startswith`, `?`, `-- `, `year FROM NOW())) OR 1=1;--`, "", "title\x00", `title' || 'x`,
}

// CVE-2024-42005, CVE-2025-57833, CVE-2025-59681, CVE-2025-13372,
// CVE-2026-1287, CVE-2026-1312, CVE-2022-28346: an alias or a column name from
// the keys of a request.
func TestDjangoCVE_AliasFromDictionaryKeys(t *testing.T) {
	db := library(t)
	names := safesql.NewNames("title", "year")
	for _, name := range crafted {
		q := safesql.Concat(safesql.New("SELECT year AS"), names.Ident(name), safesql.New("FROM books"))
		if _, err := count(t, db, q); !errors.Is(err, safesql.ErrNotAllowed) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if n, err := count(t, db, safesql.Concat(safesql.New("SELECT year AS"), names.Ident("title"), safesql.New("FROM books"))); n != 2 || err != nil {
		t.Errorf("the allowed alias: %d, %v", n, err)
	}
}

// CVE-2025-64459: the operator that joins conditions, from the request.
func TestDjangoCVE_2025_64459_Connector(t *testing.T) {
	db := library(t)
	operators := safesql.Choice{"before": safesql.New("year <"), "after": safesql.New("year >")}
	for _, operator := range append(crafted, "OR 1=1 OR", "AND", "XOR") {
		q := safesql.Concat(safesql.New("SELECT id FROM books WHERE"), operators.Pick(operator), safesql.New("?", 2000))
		if _, err := count(t, db, q); !errors.Is(err, safesql.ErrNotAllowed) {
			t.Errorf("%q: %v", operator, err)
		}
	}
	if n, err := count(t, db, safesql.Concat(safesql.New("SELECT id FROM books WHERE"), operators.Pick("after"), safesql.New("?", 2000))); n != 1 || err != nil {
		t.Errorf("the allowed operator: %d, %v", n, err)
	}
}

// CVE-2024-53908 and CVE-2024-42005: a JSON path put together from a request.
func TestDjangoCVE_2024_53908_JSONPath(t *testing.T) {
	db := library(t)
	find := func(keys ...string) (int, error) {
		path, err := safesql.JSONPath(keys...)
		if err != nil {
			return 0, err
		}
		return count(t, db, safesql.New("SELECT id FROM books WHERE json_extract(data, ?) IS NOT NULL", path))
	}
	if n, err := find("tags", "new"); n != 1 || err != nil {
		t.Errorf("tags.new: %d, %v", n, err)
	}
	for _, key := range []string{`a"b`, `x") OR 1=1 --`, `tags"."new`, `\`, "", "a\x00", "\xff", "a\nb"} {
		if n, err := find(key); !errors.Is(err, safesql.ErrNotAllowed) {
			t.Errorf("%q: %d, %v", key, n, err)
		}
	}
	for _, key := range []string{`x') IS NULL OR ('a' = 'a`, `$.tags`, `*`, `[0]`, `tags.new`, `%`} {
		if n, err := find(key); n != 0 || err != nil {
			t.Errorf("%q found %d, %v", key, n, err)
		}
	}
}

// CVE-2021-35042 and the password-hash oracle: an order or a lookup named by the
// request.
func TestDjangoCVE_2021_35042_OrderBy(t *testing.T) {
	db := library(t)
	sort := safesql.NewSort(map[string]safesql.Query{"title": safesql.New("title"), "year": safesql.New("year")}, safesql.New("id"))
	for _, order := range append(crafted[:len(crafted)-3:len(crafted)-3], "-secret", "secret", "title,secret", "--title", "title DESC", "(SELECT secret FROM books)", "1", "?") {
		if _, err := count(t, db, safesql.Concat(safesql.New("SELECT id FROM books"), sort.By(order))); !errors.Is(err, safesql.ErrNotAllowed) {
			t.Errorf("%q: %v", order, err)
		}
	}
	first, err := safesql.One(t.Context(), db, safesql.Concat(safesql.New("SELECT id FROM books"), sort.By("-year,title"), safesql.Limit(1, 0, 10)), safesql.Int)
	if first != 2 || err != nil {
		t.Errorf("newest first gives %d, %v", first, err)
	}
}

// CVE-2022-34265 (Trunc, Extract), CVE-2022-28347 (explain options) and
// CVE-2026-1207 (raster band index): a word of SQL from the request.
func TestDjangoCVE_2022_34265_TruncKind(t *testing.T) {
	db := library(t)
	kinds := safesql.Choice{"year": safesql.New("strftime('%Y', 'now')"), "day": safesql.New("strftime('%d', 'now')")}
	for _, kind := range crafted {
		if _, err := count(t, db, safesql.Concat(safesql.New("SELECT"), kinds.Pick(kind))); !errors.Is(err, safesql.ErrNotAllowed) {
			t.Errorf("%q: %v", kind, err)
		}
	}
	if n, err := count(t, db, safesql.Concat(safesql.New("SELECT"), kinds.Pick("year"))); n != 1 || err != nil {
		t.Errorf("the allowed kind: %d, %v", n, err)
	}
}

// CVE-2025-64459 and the password-hash oracle again: filters named by the keys
// of a request, field and lookup in one word, as in password__startswith=pbkdf2.
// Each lookup that there is has been written out; a key picks one or none.
func TestDjangoCVE_LookupNamedByTheRequest(t *testing.T) {
	db := library(t)
	lookups := map[string]func(value string) safesql.Query{
		"title__startswith": func(v string) safesql.Query { return safesql.StartsWith("title", v) },
		"title__contains":   func(v string) safesql.Query { return safesql.Contains("title", v) },
	}
	search := func(asked map[string]string) (int, error) {
		var conditions []safesql.Query
		for key, value := range asked {
			lookup, ok := lookups[key]
			if !ok {
				return 0, safesql.ErrNotAllowed
			}
			conditions = append(conditions, lookup(value))
		}
		return count(t, db, safesql.Concat(safesql.New("SELECT id FROM books"), safesql.Where(conditions...)))
	}
	for _, key := range append(crafted, "secret__startswith", "title__regex", "TITLE__CONTAINS") {
		if n, err := search(map[string]string{key: "x"}); !errors.Is(err, safesql.ErrNotAllowed) {
			t.Errorf("%q: %d, %v", key, n, err)
		}
	}
	// A value is no pattern: neither % nor _ stands for anything else.
	for _, value := range []string{"%", "_", `\`, "' OR '1' = '1", "x%' --"} {
		if n, err := search(map[string]string{"title__contains": value, "title__startswith": value}); n != 0 || err != nil {
			t.Errorf("%q found %d, %v", value, n, err)
		}
	}
	if n, err := search(map[string]string{"title__startswith": ""}); n != 2 || err != nil {
		t.Errorf("everything: %d, %v", n, err)
	}
}

// Values are bound, whatever they look like.
func TestValuesAreNeverSQL(t *testing.T) {
	db := library(t)
	for _, text := range append([]string{"' OR '1'='1", "A' --", "A'; DROP TABLE books; --", "%", "_"}, crafted...) {
		if !safesql.ValidText(text) {
			continue
		}
		for _, q := range []safesql.Query{
			safesql.New("SELECT id FROM books WHERE title = ?", text),
			safesql.Concat(safesql.New("SELECT id FROM books WHERE"), safesql.In("title", text, text)),
			safesql.Concat(safesql.New("SELECT id FROM books WHERE"), safesql.StartsWith("title", text+"~")),
			safesql.Concat(safesql.New("SELECT id FROM books WHERE"), safesql.Contains("title", text+"~")),
		} {
			if n, err := count(t, db, q); n != 0 || err != nil {
				t.Errorf("%q in %s gives %d rows, %v", text, q, n, err)
			}
		}
	}
	if n, err := count(t, db, safesql.New("SELECT id FROM books")); n != 2 || err != nil {
		t.Fatal(n, err)
	}
}

func TestTx(t *testing.T) {
	db := library(t)
	stop := errors.New("stop")
	insert := func(tx *safesql.Tx) error {
		_, err := tx.Exec(t.Context(), safesql.New("INSERT INTO books (title) VALUES (?)", "C"))
		return err
	}
	total := func() string {
		n, err := count(t, db, safesql.New("SELECT id FROM books"))
		return fmt.Sprint(n, err)
	}
	if err := db.Tx(t.Context(), func(tx *safesql.Tx) error { return errors.Join(insert(tx), stop) }); !errors.Is(err, stop) || total() != "2 <nil>" {
		t.Errorf("after an error: %v, %s rows", err, total())
	}
	func() {
		defer func() { _ = recover() }()
		_ = db.Tx(t.Context(), func(tx *safesql.Tx) error { _ = insert(tx); panic("x") })
	}()
	if total() != "2 <nil>" {
		t.Errorf("after a panic: %s rows", total())
	}
	if err := db.Tx(t.Context(), insert); err != nil || total() != "3 <nil>" {
		t.Errorf("after a commit: %v, %s rows", err, total())
	}
	if _, err := safesql.One(t.Context(), db, safesql.New("SELECT id FROM books WHERE id = ?", 99), safesql.Int); !errors.Is(err, safesql.ErrNoRows) {
		t.Errorf("no row: %v", err)
	}
}
