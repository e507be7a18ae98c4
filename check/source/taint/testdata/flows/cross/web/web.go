// Package web hands what requests say to the store.
package web

import (
	"context"
	"database/sql"
	"net/http"
	"os"
	"os/exec"
	"strings"

	"cross/keys"
	"cross/store"
)

type Server struct {
	Store *store.Store
	Find  store.Querier
	db    *sql.DB
}

func (s *Server) direct(w http.ResponseWriter, r *http.Request) {
	s.Store.Find(r.Context(), r.FormValue("x"))
	s.Store.FindSafe(r.Context(), r.FormValue("x"))
}

func (s *Server) byInterface(w http.ResponseWriter, r *http.Request) {
	s.Find.Find(r.Context(), r.FormValue("x"))
}

func (s *Server) bySlice(w http.ResponseWriter, r *http.Request) {
	store.Each(r.Form["x"], func(x string) error {
		_, err := s.db.Query("SELECT " + x) // want sql-injection
		return err
	})
	for _, x := range store.Map(r.Form["x"], strings.ToUpper) {
		exec.Command("sh", "-c", x).Run() // want command-injection
	}
}

func (s *Server) byStruct(w http.ResponseWriter, r *http.Request) {
	s.Store.List(store.Filter{Name: r.FormValue("x"), Order: r.FormValue("o")})
}

func (s *Server) byOption(w http.ResponseWriter, r *http.Request) {
	store.Search(s.db, store.Where(r.FormValue("x")))
}

func (s *Server) byBuilder(w http.ResponseWriter, r *http.Request) {
	b := new(store.Builder)
	s.db.Query(b.Add("SELECT").Add(r.FormValue("x")).SQL()) // want sql-injection
}

func (s *Server) checked(w http.ResponseWriter, r *http.Request) {
	x := r.FormValue("x")
	if !store.ValidColumn(x) {
		return
	}
	s.db.Query("SELECT a FROM t ORDER BY " + x)
	s.db.Query("SELECT a FROM t ORDER BY " + store.Clean(r.FormValue("y")))
}

func (s *Server) byGlobal(w http.ResponseWriter, r *http.Request) {
	store.Remember(r.FormValue("x"))
	os.Open(store.Last) // want path-traversal
}

func (s *Server) byGeneric(w http.ResponseWriter, r *http.Request) {
	var c store.Cell[string]
	c.Put(r.FormValue("x"))
	os.Open(c.Get()) // want path-traversal
}

func (s *Server) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u := &keys.User{Name: r.Header.Get("X-User"), Role: "reader"}
		next.ServeHTTP(w, r.WithContext(keys.With(r.Context(), u)))
	})
}

func (s *Server) byContext(w http.ResponseWriter, r *http.Request) {
	u := keys.From(r.Context())
	os.Open("/srv/" + u.Name) // want path-traversal
	os.Open("/srv/" + u.Role)
}

func (s *Server) byGoroutine(ctx context.Context, r *http.Request) {
	jobs := make(chan store.Filter, 1)
	go func() {
		for f := range jobs {
			os.Remove(f.Name) // want path-traversal
		}
	}()
	jobs <- store.Filter{Name: r.FormValue("x")}
}
