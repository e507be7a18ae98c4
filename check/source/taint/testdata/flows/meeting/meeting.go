// Package meeting sends through fields that other functions receive from.
package meeting

import (
	"database/sql"
	"errors"
	"io"
	"log"
	"net/http"
	"os/exec"

	"meeting/kit"
)

type job struct {
	command string
	done    chan error
}

type queue struct {
	jobs  chan job
	names chan string
	ticks chan struct{}
	errs  chan error
}

func (q *queue) run() {
	for j := range q.jobs {
		j.done <- exec.Command("sh", "-c", j.command).Run() // want command-injection
	}
}

func (q *queue) add(w http.ResponseWriter, r *http.Request) {
	q.jobs <- job{command: r.FormValue("c")}
	q.ticks <- struct{}{}
}

func (q *queue) hello() {
	q.names <- "hello"
}

func (q *queue) say() {
	exec.Command("sh", "-c", <-q.names).Run()
}

type store struct {
	db  *sql.DB
	srv *kit.Router
}

func (s *store) setup() {
	s.srv.OnName = s.named
	s.srv.OnBody = func(e *kit.Event) {
		s.db.Exec("DELETE FROM b WHERE n='" + e.Text + "'") // want sql-injection
	}
	s.srv.Login = func(user, code string) {
		log.Printf("%s signs in, %q", user, code)
	}
	s.srv.Log = func(text string) {
		s.db.Exec("INSERT INTO log VALUES ('" + text + "')") // want sql-injection:medium
	}
}

func (s *store) named(name string) {
	s.db.Exec("DELETE FROM a WHERE n='" + name + "'") // want sql-injection
}

func table(db *sql.DB) *kit.Router {
	return &kit.Router{OnName: func(name string) {
		db.Exec("SELECT * FROM " + name) // want sql-injection
	}}
}

// Find is called through a method value of an interface.
func (s *store) Find(name string) error {
	_, err := s.db.Exec("DELETE FROM c WHERE n='" + name + "'") // want sql-injection
	return err
}

func use(w http.ResponseWriter, r *http.Request) {
	var repo kit.Repo = &store{}
	find := repo.Find
	find(r.FormValue("n"))
}

type refusal struct{ what string }

func (e *refusal) Error() string { return e.what }

func check(s string) error { return &refusal{s} }

func refuse(w http.ResponseWriter, r *http.Request) {
	var e *refusal
	if err := check(r.FormValue("a")); errors.As(err, &e) {
		io.WriteString(w, "<b>"+e.what+"</b>") // want xss-response
	}
}
