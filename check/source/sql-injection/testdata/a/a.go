// Package a builds statements in the ways that real programs do.
package a

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

type repository struct{ db *sql.DB }

func (r *repository) byName(name string) {
	q := fmt.Sprintf("SELECT id FROM users WHERE name = '%s'", name)
	r.db.Query(q) // want `request data reaches Query`
}

func (r *repository) handler(w http.ResponseWriter, req *http.Request) {
	r.byName(req.URL.Query().Get("name"))
}

type finder interface{ find(name string) }

type store struct{ db *sql.DB }

func (s *store) find(name string) {
	s.db.Exec("DELETE FROM users WHERE name = '" + name + "'") // want `request data reaches Exec`
}

func viaInterface(f finder, r *http.Request) { f.find(r.PostFormValue("name")) }

type search struct {
	Term string
	Tags []string
	Page int
}

func body(db *sql.DB, r *http.Request) {
	var s search
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		return
	}
	var b strings.Builder
	b.WriteString("SELECT * FROM t WHERE term LIKE '%")
	b.WriteString(s.Term)
	b.WriteString("%'")
	db.Query(b.String()) // want `request data reaches Query`
	var conditions []string
	for _, tag := range s.Tags {
		conditions = append(conditions, "tag = '"+tag+"'")
	}
	db.Query("SELECT * FROM t WHERE " + strings.Join(conditions, " OR ")) // want `request data reaches Query`
	db.Query(fmt.Sprintf("SELECT * FROM t LIMIT %d", s.Page))
}

type builder struct {
	table string
	where []string
}

func (b *builder) Where(c string) *builder { b.where = append(b.where, c); return b }

func (b *builder) Build() string {
	return "SELECT * FROM " + b.table + " WHERE " + strings.Join(b.where, " AND ")
}

func fluent(db *sql.DB, r *http.Request) {
	b := (&builder{table: "t"}).Where("a = 1").Where("b = '" + r.FormValue("b") + "'")
	db.Query(b.Build()) // want `request data reaches Query`
}

func apply[T, U any](in []T, f func(T) U) []U {
	var out []U
	for _, v := range in {
		out = append(out, f(v))
	}
	return out
}

func generic(db *sql.DB, r *http.Request) {
	ids := apply(r.URL.Query()["id"], func(s string) string { return "'" + s + "'" })
	db.Query("SELECT * FROM t WHERE id IN (" + strings.Join(ids, ",") + ")") // want `request data reaches Query`
}

var global string

func set(r *http.Request) { global = r.FormValue("q") }

func get(db *sql.DB) {
	db.Query("SELECT * FROM t WHERE a = '" + global + "'") // want `request data reaches Query`
}

// FindByEmail may be called by anybody with anything.
func FindByEmail(db *sql.DB, email string) {
	db.Query("SELECT * FROM users WHERE email = '" + email + "'") // want `a value of unknown origin is part of a statement's text`
}

var columns = map[string]string{"name": "name", "age": "age"}

var word = regexp.MustCompile(`^[a-z_]+$`)

var anything = regexp.MustCompile(`[a-z]`)

func validated(db *sql.DB, r *http.Request) {
	column, ok := columns[r.FormValue("sort")]
	if !ok {
		return
	}
	db.Query("SELECT * FROM t ORDER BY " + column)
	direction := strings.ToUpper(r.FormValue("direction"))
	if direction != "ASC" && direction != "DESC" {
		direction = "ASC"
	}
	db.Query("SELECT * FROM t ORDER BY id " + direction)
	id, err := strconv.Atoi(r.FormValue("id"))
	if err != nil {
		return
	}
	db.Query("SELECT * FROM t WHERE id = " + strconv.Itoa(id))
	table := r.FormValue("table")
	if !word.MatchString(table) {
		return
	}
	db.Query("SELECT * FROM " + table)
	if !known(r.FormValue("c")) {
		return
	}
	db.Query("SELECT " + r.FormValue("c") + " FROM t")
	loose := r.FormValue("loose")
	if !anything.MatchString(loose) {
		return
	}
	db.Query("SELECT " + loose + " FROM t") // want `request data reaches Query`
}

func known(c string) bool {
	switch c {
	case "a", "b":
		return true
	}
	return false
}

func placeholders(db *sql.DB, r *http.Request) {
	ids := r.URL.Query()["id"]
	args := make([]any, len(ids))
	marks := make([]string, len(ids))
	for i, id := range ids {
		args[i], marks[i] = id, "?"
	}
	db.Query("SELECT * FROM t WHERE id IN ("+strings.Join(marks, ",")+")", args...)
}
