package a

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"
)

func work() error { return errors.New("no") }

func pair() (int, error) { return 0, errors.New("no") }

// nothing returns an error because an interface asks for it.
func nothing() error {
	defer func() error { return errors.New("of somebody else") }()
	return nil
}

type user struct{ Name string }

func (user) Save() error { return errors.New("no") }

func lost(body []byte, db *sql.DB, tx *sql.Tx, u user) {
	work()                                   // want "the error of work is thrown away"
	pair()                                   // want "the error of pair"
	go work()                                // want "the error of work"
	u.Save()                                 // want "the error of Save"
	os.WriteFile("state", body, 0o600)       // want "the error of WriteFile"
	json.Unmarshal(body, &u)                 // want "the error of Unmarshal"
	db.Exec("DELETE FROM session")           // want "the error of Exec"
	tx.Commit()                              // want "the error of Commit"
	http.ListenAndServe("localhost:80", nil) // want "the error of ListenAndServe"
	func() error { return work() }()         // want "the error of a function"
}

func seen() (err error) {
	_ = work()
	_, _ = pair()
	n, _ := pair()
	err = work()
	defer work()
	nothing()
	work() // best effort
	// The other side says so again: ignore it.
	work()
	// A remark about something else.
	work() // want "the error of work"
	if err := work(); err != nil {
		work()
		return err
	}
	if err == nil {
		work() // want "the error of work"
	} else {
		work()
	}
	if errors.Is(err, io.EOF) {
		work()
	}
	if n > 0 && err != nil {
		work()
	}
	if n > 0 || err != nil {
		work() // want "the error of work"
	}
	switch {
	case err != nil:
		work()
	case n > 0:
		work() // want "the error of work"
	}
	return nil
}

func cannotFail(key []byte) {
	var b bytes.Buffer
	b.WriteString("x")
	new(strings.Builder).WriteString("x")
	sha256.New().Write(key)
	rand.Read(key)
	io.ReadFull(rand.Reader, key)
	binary.Write(&b, binary.BigEndian, 1)
	xml.EscapeText(&b, key)
	z := gzip.NewWriter(&b)
	z.Write(key)
	z.Close()
	w := bufio.NewWriter(os.Stdout)
	w.WriteString("x")
	w.Flush()
	t := tabwriter.NewWriter(os.Stderr, 0, 0, 1, ' ', 0)
	fmt.Fprintln(t, "x")
	t.Flush()
	c := csv.NewWriter(nil)
	c.Write([]string{"x"})
	os.Setenv("TZ", "UTC")
	fs := flag.NewFlagSet("x", flag.ExitOnError)
	fs.Parse(os.Args)
	_, pw := io.Pipe()
	pw.CloseWithError(io.EOF)
}

func canFail(r io.Reader, name string, tmpl *template.Template) {
	var b bytes.Buffer
	io.Copy(&b, r)       // want "the error of Copy"
	tmpl.Execute(&b, 1)  // want "the error of Execute"
	os.Setenv(name, "x") // want "the error of Setenv"
	fs := flag.NewFlagSet("x", flag.ContinueOnError)
	fs.Parse(os.Args) // want "the error of Parse"
}

func cleanUp(conn net.Conn, tx *sql.Tx, r io.ReadCloser, s *http.Server) {
	conn.SetDeadline(time.Time{})
	conn.Close()
	tx.Rollback()
	r.Close()
	os.Remove("socket")
	s.Shutdown(nil)
	io.Copy(io.Discard, r)
	in, err := os.Open("in")
	if err != nil {
		return
	}
	in.Close()
}

func finish(to io.Writer) {
	out, err := os.Create("out")
	if err != nil {
		return
	}
	fmt.Fprintln(out, "x") // want "the error of Fprintln"
	out.Close()            // want "the error of Close"
	z := zip.NewWriter(to)
	z.Close() // want "the error of Close"
	w := bufio.NewWriter(to)
	w.WriteString("x")
	w.Flush() // want "the error of Flush"
}

func serve(w http.ResponseWriter, r *http.Request) {
	w.Write([]byte("x"))
	io.WriteString(w, "x")
	fmt.Fprintln(w, "x")
	json.NewEncoder(w).Encode("x")
	io.Copy(w, strings.NewReader("x"))
	page(w, "x")
	allow(w, r)                                                   // want "the error of allow"
	r.ParseForm()                                                 // want "the error of ParseForm"
	http.NewResponseController(w).SetReadDeadline(time.Now())     // want "the error of SetReadDeadline"
	template.Must(template.New("x").Parse("{{.}}")).Execute(w, 1) // want "the error of Execute"
}

func page(w http.ResponseWriter, text string) error {
	_, err := io.WriteString(w, text)
	return err
}

func allow(w http.ResponseWriter, r *http.Request) error { return errors.New("no") }

type machine struct{}

func (machine) Set(string, int) error { return errors.New("no") }

func (machine) Get(string) error { return errors.New("no") }

func set(m machine) {
	m.Set("a", 1) // want "the error of Set is thrown away wherever this package calls it"
	m.Set("b", 2)
	m.Set("c", 3)
	m.Set("d", 4)
	m.Set("e", 5)
	m.Get("a") // want "the error of Get is thrown away$"
	m.Get("b") // want "the error of Get is thrown away$"
	m.Get("c") // want "the error of Get is thrown away$"
	m.Get("d") // want "the error of Get is thrown away$"
	m.Get("e") // want "the error of Get is thrown away$"
	if err := m.Get("f"); err != nil {
		panic(err)
	}
}

type framework struct{}

func (framework) JSON(int, any) error        { return errors.New("no") }
func (framework) Redirect(int, string) error { return errors.New("no") }
func (framework) Bind(any) error             { return errors.New("no") }

func answer(f framework) {
	f.JSON(200, nil)
	f.Bind(nil) // want "the error of Bind"
}
