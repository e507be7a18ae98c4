// Package containers keeps values in what holds several.
package containers

import (
	"cmp"
	"container/list"
	"container/ring"
	"context"
	"database/sql"
	"maps"
	"net/http"
	"os"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
)

const base = "SELECT a FROM t WHERE b = '"

func mapValue(db *sql.DB, r *http.Request) {
	m := map[string]string{"a": r.FormValue("x"), "b": "constant"}
	db.Query(base + m["a"] + "'") // want sql-injection
	db.Query(base + m["b"] + "'")
}

func mapKey(db *sql.DB, r *http.Request) {
	m := map[string]int{}
	m[r.FormValue("x")]++
	for k := range m {
		db.Query(base + k + "'") // want sql-injection
	}
}

func mapRange(db *sql.DB, r *http.Request) {
	m := make(map[string]string)
	m["a"] = r.FormValue("x")
	for k, v := range m {
		db.Query(base + k + "'")
		db.Query(base + v + "'") // want sql-injection
	}
}

func mapOfSlices(db *sql.DB, r *http.Request) {
	m := map[string][]string{}
	m["a"] = append(m["a"], r.FormValue("x"))
	for _, list := range m {
		db.Query("SELECT " + strings.Join(list, ",")) // want sql-injection
	}
}

func mapOfMaps(db *sql.DB, r *http.Request) {
	m := map[string]map[string]string{"a": {}}
	m["a"]["b"] = r.FormValue("x")
	db.Query(base + m["a"]["b"] + "'") // want sql-injection
}

func mapOfStructs(db *sql.DB, r *http.Request) {
	type row struct{ a, b string }
	m := map[int]*row{1: {a: "constant"}}
	m[1].b = r.FormValue("x")
	db.Query(base + m[1].b + "'") // want sql-injection
	db.Query(base + m[1].a + "'")
}

func mapKeys(db *sql.DB, r *http.Request) {
	m := map[string]bool{r.FormValue("x"): true}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		db.Query(base + k + "'") // want sql-injection
	}
	for v := range maps.Values(map[string]string{"a": r.FormValue("x")}) {
		db.Query(base + v + "'") // want sql-injection
	}
}

func mapCopy(db *sql.DB, r *http.Request) {
	dst := map[string]string{}
	maps.Copy(dst, map[string]string{"a": r.FormValue("x")})
	db.Query(base + dst["a"] + "'")             // want sql-injection
	db.Query(base + maps.Clone(dst)["a"] + "'") // want sql-injection
}

func appended(db *sql.DB, r *http.Request) {
	var s []string
	s = append(s, "constant")
	s = append(s, r.FormValue("x"))
	db.Query("SELECT " + strings.Join(s, ",")) // want sql-injection
}

func copied(db *sql.DB, r *http.Request) {
	src := []string{r.FormValue("x")}
	dst := make([]string, 1)
	copy(dst, src)
	db.Query(base + dst[0] + "'") // want sql-injection
}

func copiedBytes(db *sql.DB, r *http.Request) {
	buf := make([]byte, 100)
	n := copy(buf, r.FormValue("x"))
	db.Query(base + string(buf[:n]) + "'") // want sql-injection
}

func resliced(db *sql.DB, r *http.Request) {
	s := strings.Split(r.FormValue("x"), ",")
	for i := range s[1:] {
		db.Query(base + s[i] + "'") // want sql-injection
	}
}

func bytesOneByOne(db *sql.DB, r *http.Request) {
	var out []byte
	for _, c := range []byte(r.FormValue("x")) {
		out = append(out, c)
	}
	db.Query(base + string(out) + "'") // want sql-injection
}

func lettersOnly(r *http.Request) {
	var b strings.Builder
	for _, c := range r.FormValue("x") {
		if c >= 'a' && c <= 'z' || unicode.IsDigit(c) {
			b.WriteRune(c)
		}
	}
	os.Open(b.String())
	var out []byte
	for _, c := range []byte(r.FormValue("x")) {
		switch {
		case 'a' <= c && c <= 'z':
			out = append(out, c)
		}
	}
	os.Open(string(out))
}

func runes(db *sql.DB, r *http.Request) {
	var b strings.Builder
	for _, c := range r.FormValue("x") {
		b.WriteRune(c)
	}
	db.Query(base + b.String() + "'") // want sql-injection
}

func packageSlices(db *sql.DB, r *http.Request) {
	in := r.Form["x"]
	db.Query("SELECT " + strings.Join(slices.Clone(in), ","))                       // want sql-injection
	db.Query("SELECT " + strings.Join(slices.Concat([]string{"a"}, in), ","))       // want sql-injection
	db.Query("SELECT " + strings.Join(slices.Insert([]string{"a"}, 0, in...), ",")) // want sql-injection
	db.Query("SELECT " + strings.Join(slices.Collect(slices.Values(in)), ","))      // want sql-injection
	db.Query(base + slices.Max(in) + "'")                                           // want sql-injection
	slices.SortFunc(in, cmp.Compare[string])
	sort.Strings(in)
	db.Query(base + in[0] + "'") // want sql-injection
	db.Query("SELECT " + strings.Join(slices.Collect(maps.Keys(map[string]int{"a": 1})), ","))
}

func nested(db *sql.DB, r *http.Request) {
	type c struct{ v string }
	type b struct{ c c }
	type a struct{ b *b }
	x := a{b: &b{}}
	x.b.c.v = r.FormValue("x")
	y := x
	db.Query(base + y.b.c.v + "'") // want sql-injection
}

func copyOfStruct(db *sql.DB, r *http.Request) {
	type row struct{ a, b string }
	one := row{a: r.FormValue("x")}
	two := one
	two.a = "constant"
	db.Query(base + one.a + "'") // want sql-injection
	os.Open(one.b)
	rows := []row{one, {a: "x"}}
	for _, o := range rows {
		db.Query(base + o.a + "'") // want sql-injection
		os.Open(o.b)
	}
}

func pointersInSlice(db *sql.DB, r *http.Request) {
	type row struct{ a, b string }
	rows := []*row{{}, {}}
	for _, o := range rows {
		o.a = r.FormValue("x")
	}
	for i := range rows {
		db.Query(base + rows[i].a + "'") // want sql-injection
	}
}

func syncMap(db *sql.DB, r *http.Request) {
	var m sync.Map
	m.Store("a", r.FormValue("x"))
	if v, ok := m.Load("a"); ok {
		db.Query(base + v.(string) + "'") // want sql-injection
	}
	m.Range(func(k, v any) bool {
		db.Query(base + v.(string) + "'") // want sql-injection
		return true
	})
}

var shared sync.Map

func put(r *http.Request) { shared.Store("a", r.FormValue("x")) }

func syncMapGlobal(db *sql.DB) {
	if v, ok := shared.Load("a"); ok {
		db.Query(base + v.(string) + "'") // want sql-injection
	}
}

func pool(db *sql.DB, r *http.Request) {
	p := sync.Pool{New: func() any { return new(strings.Builder) }}
	b := p.Get().(*strings.Builder)
	b.Reset()
	b.WriteString(r.FormValue("x"))
	db.Query(base + b.String() + "'") // want sql-injection
	p.Put(b)
}

func atomicValue(db *sql.DB, r *http.Request) {
	var v atomic.Value
	v.Store(r.FormValue("x"))
	db.Query(base + v.Load().(string) + "'") // want sql-injection
	var p atomic.Pointer[string]
	x := r.FormValue("x")
	p.Store(&x)
	db.Query(base + *p.Load() + "'") // want sql-injection
}

func lists(db *sql.DB, r *http.Request) {
	l := list.New()
	l.PushBack(r.FormValue("x"))
	for e := l.Front(); e != nil; e = e.Next() {
		db.Query(base + e.Value.(string) + "'") // want sql-injection
	}
	g := ring.New(1)
	g.Value = r.FormValue("x")
	db.Query(base + g.Value.(string) + "'") // want sql-injection
}

type keyType int

const (
	nameKey keyType = iota
	roleKey
)

type userKey struct{}

func contextValue(db *sql.DB, r *http.Request) {
	ctx := context.WithValue(r.Context(), nameKey, r.FormValue("x"))
	ctx = context.WithValue(ctx, roleKey, "reader")
	name, _ := ctx.Value(nameKey).(string)
	db.Query(base + name + "'") // want sql-injection
	role, _ := ctx.Value(roleKey).(string)
	os.Open(role)
}

type user struct{ name, mail string }

func withUser(ctx context.Context, u *user) context.Context {
	return context.WithValue(ctx, userKey{}, u)
}

func userFrom(ctx context.Context) *user {
	u, _ := ctx.Value(userKey{}).(*user)
	return u
}

func authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u := &user{name: r.Header.Get("X-User")}
		next.ServeHTTP(w, r.WithContext(withUser(r.Context(), u)))
	})
}

func show(db *sql.DB) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		u := userFrom(r.Context())
		db.Query(base + u.name + "'") // want sql-injection
		os.Open(u.mail)
	}
}

var last string

func remember(r *http.Request) { last = r.FormValue("x") }

func recall(db *sql.DB) {
	db.Query(base + last + "'") // want sql-injection
}

type cache struct {
	mu    sync.Mutex
	items map[string]string
}

var global = &cache{items: map[string]string{}}

func (c *cache) put(k, v string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.items[k] = v
}

func (c *cache) get(k string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.items[k]
}

func fill(r *http.Request) { global.put("a", r.FormValue("x")) }

func read(db *sql.DB) {
	db.Query(base + global.get("a") + "'") // want sql-injection
}

type repository struct {
	db     *sql.DB
	filter string
	fixed  string
}

func newRepository(db *sql.DB, filter string) *repository {
	return &repository{db: db, filter: filter, fixed: "a"}
}

func (r *repository) list() {
	r.db.Query("SELECT a FROM t WHERE " + r.filter) // want sql-injection
	r.db.Query("SELECT a FROM t WHERE " + r.fixed)
}

func constructed(db *sql.DB, r *http.Request) { newRepository(db, r.FormValue("x")).list() }

func unrelated(db *sql.DB, r *http.Request) {
	used, other := []string{"a"}, []string{r.FormValue("x")}
	_ = other
	db.Query("SELECT " + strings.Join(used, ","))
	db.Query(base+"?'", other[0])
}
