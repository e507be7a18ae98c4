package safesql_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/safesql"
)

func TestPlaceholders(t *testing.T) {
	for _, c := range []struct {
		query            safesql.Query
		question, dollar string // "" for an error
	}{
		{safesql.New("SELECT 1"), "SELECT 1", "SELECT 1"},
		{safesql.New("a = ? AND b = ?", 1, 2), "a = ? AND b = ?", "a = $1 AND b = $2"},
		{safesql.New("(?,?)", 1, 2), "(?,?)", "($1,$2)"},
		{safesql.New(`a = '?' AND b = ?`, 1), `a = '?' AND b = ?`, `a = '?' AND b = $1`},
		{safesql.New(`a = 'it''s ?' AND "q?" = ?`, 1), `a = 'it''s ?' AND "q?" = ?`, `a = 'it''s ?' AND "q?" = $1`},
		{safesql.New(`"a""?" = ?`, 1), `"a""?" = ?`, `"a""?" = $1`},
		{safesql.New("a -- ?\n= ?", 1), "a -- ?\n= ?", "a -- ?\n= $1"},
		{safesql.New("a /* ? ' */ = ?", 1), "a /* ? ' */ = ?", "a /* ? ' */ = $1"},
		{safesql.New("a - -? / ?", 1, 2), "a - -? / ?", "a - -$1 / $2"},
		{safesql.New("data ?? 'k' AND a = ?", 1), "", "data ? 'k' AND a = $1"},
		{safesql.New("data ??| ? OR data ??& ?", "a", "b"), "", "data ?| $1 OR data ?& $2"},
		{safesql.New("$$ ? ' $$ || ?", 1), "$$ ? ' $$ || ?", "$$ ? ' $$ || $1"},
		{safesql.New("$a$ ? $b$ $a$ || ?", 1), "$a$ ? $b$ $a$ || ?", "$a$ ? $b$ $a$ || $1"},
		{safesql.New("a$b = ?", 1), "a$b = ?", "a$b = $1"},
		{safesql.New("n::text = ? AND é = ?", 1, 2), "n::text = ? AND é = ?", "n::text = $1 AND é = $2"},
		{safesql.New("name'?' = ?", 1), "name'?' = ?", "name'?' = $1"},
		{safesql.New("E'\\'? --'", 1), "", ""},
		{safesql.New("a = 'open"), "", ""},
		{safesql.New(`a = "open`), "", ""},
		{safesql.New("a /* open"), "", ""},
		{safesql.New("a /* /* nested */ */"), "", ""},
		{safesql.New("a -- no end"), "", ""},
		{safesql.New("$x$ open"), "", ""},
		{safesql.New("a = $1", 1), "", ""},
		{safesql.New("SELECT 1; SELECT 2"), "", ""},
		{safesql.New("`a`"), "", ""},
		{safesql.New("a\x00b"), "", ""},
		{safesql.New("a = ?"), "", ""},
		{safesql.New("a = ?", 1, 2), "", ""},
		{safesql.New("a = '?'", 1), "", ""},
	} {
		question, _, err := c.query.SQL(safesql.Question)
		if question != c.question || (err != nil) != (c.question == "") {
			t.Errorf("%s\n got %q, %v\nwant %q", c.query, question, err, c.question)
		}
		dollar, _, err := c.query.SQL(safesql.Dollar)
		if dollar != c.dollar || (err != nil) != (c.dollar == "") {
			t.Errorf("%s for PostgreSQL\n got %q, %v\nwant %q", c.query, dollar, err, c.dollar)
		}
	}
}

func TestBuilders(t *testing.T) {
	sort := safesql.NewSort(map[string]safesql.Query{"created": safesql.New("u.created_at"), "email": safesql.New("lower(u.email)")}, safesql.New("u.id"))
	names := safesql.NewNames("email", "created_at")
	var none []int
	for _, c := range []struct {
		query safesql.Query
		text  string // "" for an error
		args  []any
	}{
		{safesql.Query{}, "", nil},
		{safesql.Where(), "", nil},
		{safesql.Where(safesql.If(false, safesql.New("a = ?", 1))), "", nil},
		{safesql.Where(safesql.New("a = ?", 1)), "WHERE (a = ?)", []any{1}},
		{safesql.Where(safesql.New("a = 1 OR b = ?", 2), safesql.Query{}, safesql.New("c = ?", 3)), "WHERE ((a = 1 OR b = ?) AND (c = ?))", []any{2, 3}},
		{safesql.And(safesql.Or(safesql.New("a"), safesql.New("b")), safesql.New("c")), "((((a) OR (b))) AND (c))", nil},
		{safesql.In("id", 7), "id IN (?)", []any{7}},
		{safesql.In("id", "a", "b", "c"), "id IN (?, ?, ?)", []any{"a", "b", "c"}},
		{safesql.In("id", none...), "1 = 0", nil},
		{safesql.Concat(safesql.New("id NOT IN"), safesql.List[int]()), "id NOT IN (NULL)", nil},
		{safesql.StartsWith("name", "50%_!x"), "name LIKE ? ESCAPE '!'", []any{"50!%!_!!x%"}},
		{safesql.Contains("name", "a"), "name LIKE ? ESCAPE '!'", []any{"%a%"}},
		{sort.By(""), "ORDER BY u.id", nil},
		{sort.By("created"), "ORDER BY u.created_at, u.id", nil},
		{sort.By(" -created , email "), "ORDER BY u.created_at DESC, lower(u.email), u.id", nil},
		{names.Ident("email"), `"email"`, nil},
		{safesql.Limit(10, 20, 100), "LIMIT ? OFFSET ?", []any{10, 20}},
		{safesql.Join(" ", safesql.New("a = ?", "x"), safesql.New("AND b = ?", nil)), "a = ? AND b = ?", []any{"x", nil}},
	} {
		text, args, err := c.query.SQL(safesql.Question)
		if d := cmp.Diff(c.args, args, cmp.Transformer("", func(a []any) []any { return append([]any{}, a...) })); text != c.text || err != nil || d != "" {
			t.Errorf("got %q, %v, want %q\n%s", text, err, c.text, d)
		}
	}
	for name, c := range map[string]struct {
		query safesql.Query
		want  error
	}{
		"long list":       {safesql.In("id", make([]int, safesql.MaxList+1)...), safesql.ErrTooMany},
		"no rows":         {safesql.Limit(0, 0, 10), safesql.ErrTooMany},
		"too many rows":   {safesql.Limit(11, 0, 10), safesql.ErrTooMany},
		"negative offset": {safesql.Limit(1, -1, 10), safesql.ErrTooMany},
		"deep page":       {safesql.Limit(1, 1<<40, 10), safesql.ErrTooMany},
		"long order":      {sort.By(strings.Repeat("created,", 9)), safesql.ErrTooMany},
		"huge order":      {sort.By(strings.Repeat("x", 1<<20)), safesql.ErrTooMany},
		"unknown order":   {sort.By("password"), safesql.ErrNotAllowed},
		"unknown name":    {names.Ident("password"), safesql.ErrNotAllowed},
		"capital":         {names.Ident("EMAIL"), safesql.ErrNotAllowed},
		"nothing allowed": {safesql.Names{}.Ident("email"), safesql.ErrNotAllowed},
		"no choice":       {safesql.Choice(nil).Pick("x"), safesql.ErrNotAllowed},
		"bad list value":  {safesql.In("a", "x", "\x00"), safesql.ErrText},
		"within a join":   {safesql.Concat(safesql.New("SELECT"), names.Ident("x"), safesql.New("FROM t")), safesql.ErrNotAllowed},
	} {
		if err := c.query.Err(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if text, _, err := c.query.SQL(safesql.Question); text != "" || !errors.Is(err, c.want) {
			t.Errorf("%s: SQL gave %q, %v", name, text, err)
		}
	}
	if err := safesql.NewNames("a-b").Ident("a-b").Err(); err == nil {
		t.Error("a-b is a plain identifier")
	}
}

func TestValues(t *testing.T) {
	type text string
	for _, good := range []any{nil, true, 1, int8(1), int64(1), uint8(1), 1.5, "x", []byte{0, 0xff}, sql.NullString{}, sql.NullString{String: "a", Valid: true}} {
		if err := safesql.New("?", good).Err(); err != nil {
			t.Errorf("%T %v: %v", good, good, err)
		}
	}
	for _, bad := range []any{"\x00", "a\x00b", "\xff", text("x"), time.Now(), time.Second, []string{"a"}, struct{}{}, uint64(1), sql.NullString{String: "\x00", Valid: true}} {
		if err := safesql.New("?", bad).Err(); err == nil {
			t.Errorf("%T %v was bound", bad, bad)
		}
	}
	_, args, err := safesql.New("?", []byte(nil)).SQL(safesql.Question)
	if b, ok := args[0].([]byte); err != nil || !ok || b == nil {
		t.Errorf("nil bytes are bound as %#v, %v", args[0], err)
	}
	if got := safesql.New("a = ?", "s3cret").String(); strings.Contains(got, "s3cret") {
		t.Errorf("String shows values: %s", got)
	}
}

func TestMicros(t *testing.T) {
	for _, at := range []time.Time{{}, time.Unix(1, 999).UTC(), time.Unix(-5, 0).UTC(), time.Date(2026, 1, 2, 3, 4, 5, 123456789, time.UTC)} {
		if got, want := safesql.FromMicros(safesql.Micros(at)), at.Truncate(time.Microsecond); !got.Equal(want) {
			t.Errorf("%v became %v", at, got)
		}
	}
}

// FuzzPlaceholders looks for a text that the lexer takes for whole and that
// swallows, or is swallowed by, what is joined to it.
func FuzzPlaceholders(f *testing.F) {
	for _, seed := range []string{"a = ?", "'?' ?", `"?"`, "-- ?\n?", "/* ? */ ?", "$$?$$ ?", "$a$?$a$", "??", "???", "????", "E'\\'?'", "'a''?'", "a$1", "$1", "x'?'", "é?"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, dollar, err := safesql.Lex(text)
		if err != nil {
			return
		}
		if strings.Count(text, "?") < n || len(dollar)+strings.Count(text, "??") < len(text) {
			t.Fatalf("%q has %d placeholders and became %q", text, n, dollar)
		}
		if again, _, err := safesql.Lex(text + " ? " + text); err != nil || again != 2*n+1 {
			t.Fatalf("%q: joined with itself it has %d placeholders, want %d (%v)", text, again, 2*n+1, err)
		}
	})
}
