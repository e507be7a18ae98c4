// Package control passes values on by the ways that control takes.
package control

import (
	"database/sql"
	"errors"
	"iter"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

const base = "SELECT a FROM t WHERE b = '"

type server struct {
	db   *sql.DB
	run  func(string)
	hook map[string]func(*sql.DB, string)
}

func closure(db *sql.DB, r *http.Request) {
	x := r.FormValue("x")
	do := func() { db.Query(base + x + "'") } // want sql-injection
	do()
}

func closureArgument(db *sql.DB, r *http.Request) {
	do := func(x string) { db.Query(base + x + "'") } // want sql-injection
	do(r.FormValue("x"))
}

func closureResult(db *sql.DB, r *http.Request) {
	get := func() string { return r.FormValue("x") }
	db.Query(base + get() + "'") // want sql-injection
}

func closureWrites(db *sql.DB, r *http.Request) {
	var x string
	set := func() { x = r.FormValue("x") }
	set()
	db.Query(base + x + "'") // want sql-injection
}

func closureOfClosure(db *sql.DB, r *http.Request) {
	outer := func(x string) func() {
		return func() { db.Query(base + x + "'") } // want sql-injection
	}
	outer(r.FormValue("x"))()
}

func deferred(db *sql.DB, r *http.Request) {
	x := ""
	defer func() { db.Query(base + x + "'") }() // want sql-injection
	x = r.FormValue("x")
}

func deferredCall(db *sql.DB, r *http.Request) {
	defer query(db, r.FormValue("x"))
}

func query(db *sql.DB, x string) {
	db.Query(base + x + "'") // want sql-injection
}

func goroutine(db *sql.DB, r *http.Request) {
	x := r.FormValue("x")
	var wg sync.WaitGroup
	wg.Add(1)
	go func(s string) {
		defer wg.Done()
		db.Query(base + s + "'") // want sql-injection
	}(x)
	wg.Wait()
}

func waitGroupGo(db *sql.DB, r *http.Request) {
	x := r.FormValue("x")
	var wg sync.WaitGroup
	wg.Go(func() {
		db.Query(base + x + "'") // want sql-injection
	})
	wg.Wait()
}

func onceFunc(db *sql.DB, r *http.Request) {
	get := sync.OnceValue(func() string { return r.FormValue("x") })
	db.Query(base + get() + "'") // want sql-injection
}

func onceDo(db *sql.DB, r *http.Request) {
	var once sync.Once
	var x string
	once.Do(func() { x = r.FormValue("x") })
	db.Query(base + x + "'") // want sql-injection
}

func afterFunc(db *sql.DB, r *http.Request) {
	x := r.FormValue("x")
	time.AfterFunc(time.Second, func() {
		db.Query(base + x + "'") // want sql-injection
	})
}

func channel(db *sql.DB, r *http.Request) {
	ch := make(chan string, 1)
	go func() { ch <- r.FormValue("x") }()
	db.Query(base + <-ch + "'") // want sql-injection
}

func channelRange(db *sql.DB, r *http.Request) {
	ch := make(chan string, 1)
	go produce(ch, r)
	for x := range ch {
		db.Query(base + x + "'") // want sql-injection
	}
}

func produce(ch chan<- string, r *http.Request) {
	defer close(ch)
	ch <- r.FormValue("x")
}

func selected(db *sql.DB, r *http.Request) {
	a, b := make(chan string, 1), make(chan string, 1)
	a <- r.FormValue("x")
	select {
	case x := <-a:
		db.Query(base + x + "'") // want sql-injection
	case x, ok := <-b:
		if ok {
			db.Query(base + x + "'")
		}
	}
}

func named(r *http.Request) (x string, err error) {
	defer func() {
		if x == "" {
			x = r.FormValue("x")
		}
	}()
	return
}

func namedResult(db *sql.DB, r *http.Request) {
	x, _ := named(r)
	db.Query(base + x + "'") // want sql-injection
}

func several(r *http.Request) (string, string, error) {
	return "constant", r.FormValue("x"), nil
}

func severalResults(db *sql.DB, r *http.Request) {
	a, b, err := several(r)
	if err != nil {
		return
	}
	db.Query(base + a + "'")
	db.Query(base + b + "'") // want sql-injection
}

func forwarded(a, b string, err error) string { return b }

func resultsAsArguments(db *sql.DB, r *http.Request) {
	db.Query(base + forwarded(several(r)) + "'") // want sql-injection
}

func variadic(db *sql.DB, parts ...string) {
	db.Query("SELECT " + strings.Join(parts, ",")) // want sql-injection
}

func callsVariadic(db *sql.DB, r *http.Request) {
	variadic(db, "a", r.FormValue("x"))
}

func variadicSpread(db *sql.DB, r *http.Request) {
	spread(db, r.Form["x"]...)
}

func spread(db *sql.DB, parts ...string) {
	for _, p := range parts {
		db.Query("SELECT " + p) // want sql-injection
	}
}

func recursion(db *sql.DB, r *http.Request) {
	down(db, r.FormValue("x"), 5)
}

func down(db *sql.DB, x string, n int) {
	if n == 0 {
		db.Query(base + x + "'") // want sql-injection
		return
	}
	down(db, x, n-1)
}

func ping(db *sql.DB, x string, n int) string {
	if n == 0 {
		return x
	}
	return pong(db, n-1, x)
}

func pong(db *sql.DB, n int, x string) string { return ping(db, x, n-1) }

func mutual(db *sql.DB, r *http.Request) {
	db.Query(base + ping(db, r.FormValue("x"), 4) + "'") // want sql-injection
}

func (s *server) query(x string) {
	s.db.Query(base + x + "'") // want sql-injection
}

func (s *server) direct(w http.ResponseWriter, r *http.Request) { s.query(r.FormValue("x")) }

func methodValue(s *server, r *http.Request) {
	f := s.query
	f(r.FormValue("x"))
}

func (s *server) expressed(x string) {
	s.db.Query(base + x + "'") // want sql-injection
}

func methodExpression(s *server, r *http.Request) {
	(*server).expressed(s, r.FormValue("x"))
	f := (*server).expressed
	f(s, r.FormValue("y"))
}

func (s *server) stored(x string) {
	s.db.Query(base + x + "'") // want sql-injection
}

func fieldFunction(db *sql.DB, r *http.Request) {
	s := &server{db: db}
	s.run = s.stored
	s.run(r.FormValue("x"))
}

func inTable(db *sql.DB, x string) {
	db.Query(base + x + "'") // want sql-injection
}

func functionInMap(db *sql.DB, r *http.Request) {
	hooks := map[string]func(*sql.DB, string){"a": inTable}
	if f, ok := hooks[r.FormValue("name")]; ok {
		f(db, r.FormValue("x"))
	}
}

func inGlobalTable(db *sql.DB, x string) {
	db.Query(base + x + "'") // want sql-injection
}

var table = map[string]func(*sql.DB, string){"a": inGlobalTable}

func functionInGlobalMap(db *sql.DB, r *http.Request) {
	table["a"](db, r.FormValue("x"))
}

func inSlice(db *sql.DB, x string) {
	db.Query(base + x + "'") // want sql-injection
}

func functionInSlice(db *sql.DB, r *http.Request) {
	for _, f := range []func(*sql.DB, string){inSlice} {
		f(db, r.FormValue("x"))
	}
}

type step struct {
	name string
	do   func(*sql.DB, string)
}

func inStruct(db *sql.DB, x string) {
	db.Query(base + x + "'") // want sql-injection
}

func functionInStructs(db *sql.DB, r *http.Request) {
	for _, s := range []step{{"a", inStruct}} {
		s.do(db, r.FormValue("x"))
	}
}

func each(list []string, f func(string)) {
	for _, s := range list {
		f(s)
	}
}

func callback(db *sql.DB, r *http.Request) {
	each(r.Form["x"], func(s string) {
		db.Query(base + s + "'") // want sql-injection
	})
}

func withResult(f func() (string, error)) string {
	s, err := f()
	if err != nil {
		return ""
	}
	return s
}

func callbackResult(db *sql.DB, r *http.Request) {
	x := withResult(func() (string, error) { return r.FormValue("x"), nil })
	db.Query(base + x + "'") // want sql-injection
}

func transform(s string, fs ...func(string) string) string {
	for _, f := range fs {
		s = f(s)
	}
	return s
}

func functionList(db *sql.DB, r *http.Request) {
	db.Query(base + transform(r.FormValue("x"), strings.TrimSpace, strings.ToLower) + "'") // want sql-injection
}

func values(r *http.Request) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, v := range r.Form["x"] {
			if !yield(v) {
				return
			}
		}
	}
}

func rangeOverFunc(db *sql.DB, r *http.Request) {
	for v := range values(r) {
		db.Query(base + v + "'") // want sql-injection
	}
}

func pairs(r *http.Request) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		yield(1, r.FormValue("x"))
	}
}

func rangeOverPairs(db *sql.DB, r *http.Request) {
	for _, v := range pairs(r) {
		db.Query(base + v + "'") // want sql-injection
	}
}

func mapped[T, U any](list []T, f func(T) U) []U {
	var out []U
	for _, x := range list {
		out = append(out, f(x))
	}
	return out
}

func generic(db *sql.DB, r *http.Request) {
	for _, s := range mapped(r.Form["x"], strings.ToUpper) {
		db.Query(base + s + "'") // want sql-injection
	}
}

func first[T any](list []T) T { return list[0] }

func genericResult(db *sql.DB, r *http.Request) {
	db.Query(base + first(r.Form["x"]) + "'") // want sql-injection
}

type box[T any] struct{ value T }

func (b *box[T]) set(v T) { b.value = v }
func (b *box[T]) get() T  { return b.value }

func genericType(db *sql.DB, r *http.Request) {
	var b box[string]
	b.set(r.FormValue("x"))
	db.Query(base + b.get() + "'") // want sql-injection
	var clean box[string]
	clean.set("constant")
	os.Open(clean.get())
}

type stack[T any] struct{ items []T }

func (s *stack[T]) push(v T) { s.items = append(s.items, v) }
func (s *stack[T]) pop() T {
	v := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return v
}

func genericStack(db *sql.DB, r *http.Request) {
	s := &stack[string]{}
	s.push(r.FormValue("x"))
	db.Query(base + s.pop() + "'") // want sql-injection
}

type finder interface{ find(x string) }

type bySQL struct{ db *sql.DB }

func (b bySQL) find(x string) {
	b.db.Query(base + x + "'") // want sql-injection
}

type bound struct{ db *sql.DB }

func (b *bound) find(x string) { b.db.Query("SELECT a FROM t WHERE b = ?", x) }

func dispatch(f finder, r *http.Request) { f.find(r.FormValue("x")) }

type namer interface{ name() string }

type given struct{ r *http.Request }

func (g given) name() string { return g.r.FormValue("x") }

type fixed struct{}

func (fixed) name() string { return "fixed" }

func named2(db *sql.DB, n namer) {
	db.Query(base + n.name() + "'") // want sql-injection
}

func dispatchResult(db *sql.DB, r *http.Request) { named2(db, given{r}) }

func embedded(db *sql.DB, r *http.Request) {
	type inner struct{ name string }
	type outer struct {
		inner
		other string
	}
	var o outer
	o.name = r.FormValue("x")
	db.Query(base + o.name + "'") // want sql-injection
	os.Open(o.other)
}

type logic struct{ *server }

func promoted(db *sql.DB, r *http.Request) {
	l := logic{&server{db: db}}
	l.query(r.FormValue("x"))
}

type wrapped struct{ namer }

func embeddedInterface(db *sql.DB, r *http.Request) {
	w := wrapped{given{r}}
	db.Query(base + w.name() + "'") // want sql-injection
}

func pointers(db *sql.DB, r *http.Request) {
	x := ""
	p := &x
	pp := &p
	**pp = r.FormValue("x")
	db.Query(base + x + "'")    // want sql-injection
	db.Query(base + **pp + "'") // want sql-injection
}

func out(p *string, r *http.Request) { *p = r.FormValue("x") }

func outParameter(db *sql.DB, r *http.Request) {
	var x string
	out(&x, r)
	db.Query(base + x + "'") // want sql-injection
}

type node struct {
	next  *node
	value string
}

func linked(db *sql.DB, r *http.Request) {
	n := &node{value: "a", next: &node{value: r.FormValue("x")}}
	for ; n != nil; n = n.next {
		db.Query(base + n.value + "'") // want sql-injection
	}
}

func arrays(db *sql.DB, r *http.Request) {
	var a [3]string
	a[1] = r.FormValue("x")
	b := a
	db.Query(base + b[1] + "'") // want sql-injection
}

func typeSwitch(db *sql.DB, v any) {
	switch s := v.(type) {
	case string:
		db.Query(base + s + "'") // want sql-injection
	case int:
		db.Query("SELECT " + string(rune(s)))
	}
}

func boxed(db *sql.DB, r *http.Request) { typeSwitch(db, r.FormValue("x")) }

func jump(db *sql.DB, r *http.Request) {
	x := "a"
again:
	db.Query(base + x + "'") // want sql-injection
	if x == "a" {
		x = r.FormValue("x")
		goto again
	}
}

func middleware(db *sql.DB) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			db.Exec("INSERT INTO l VALUES ('" + r.URL.Path + "')") // want sql-injection
			next.ServeHTTP(w, r)
		})
	}
}

type option func(*options)

type options struct{ where, order string }

func where(s string) option { return func(o *options) { o.where = s } }

func search(db *sql.DB, opts ...option) {
	var o options
	for _, f := range opts {
		f(&o)
	}
	db.Query("SELECT a FROM t WHERE " + o.where) // want sql-injection
	db.Query("SELECT a FROM t ORDER BY " + o.order)
}

func functionalOptions(db *sql.DB, r *http.Request) { search(db, where(r.FormValue("x"))) }

type builder struct{ parts []string }

func (b *builder) where(s string) *builder { b.parts = append(b.parts, s); return b }
func (b *builder) limit(n int) *builder    { return b }
func (b *builder) sql() string             { return "SELECT a FROM t WHERE " + strings.Join(b.parts, " AND ") }

func chained(db *sql.DB, r *http.Request) {
	db.Query(new(builder).where("a = 1").where(r.FormValue("x")).limit(3).sql()) // want sql-injection
	db.Query(new(builder).where("a = 1").limit(3).sql())
}

func overwritten(db *sql.DB, r *http.Request) {
	x := r.FormValue("x")
	x = "constant"
	db.Query(base + x + "'")
}

func otherBranch(db *sql.DB, r *http.Request) {
	var x string
	if r.Method == "GET" {
		x = r.FormValue("x")
		_ = x
	} else {
		x = "constant"
		db.Query(base + x + "'")
	}
}

func inError(db *sql.DB, r *http.Request) {
	err := errors.New("no " + r.FormValue("x"))
	db.Exec("INSERT INTO errors VALUES ('" + err.Error() + "')") // want sql-injection
}
