// Package origins is where values come from, other than requests.
package origins

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
)

func operator(db *sql.DB) {
	exec.Command("sh", "-c", os.Args[1]).Run() // want command-injection:low
	db.Query("SELECT " + os.Getenv("COLUMN"))  // want sql-injection:low
	os.Open(os.Args[1])                        // want path-traversal:low
	s := bufio.NewScanner(os.Stdin)
	for s.Scan() {
		db.Query("SELECT " + s.Text()) // want sql-injection:low
	}
}

func fileContent(db *sql.DB) {
	b, _ := os.ReadFile("names")
	db.Query("SELECT a FROM t WHERE b = '" + string(b) + "'") // want sql-injection:medium
}

func rows(w http.ResponseWriter, db *sql.DB) {
	rs, _ := db.Query("SELECT a FROM t")
	for rs.Next() {
		var name string
		rs.Scan(&name)
		fmt.Fprintf(w, "<li>%s</li>", name) // want xss-response:medium
		fmt.Fprintf(w, "<li>%s</li>", template.HTMLEscapeString(name))
	}
	var bio string
	db.QueryRow("SELECT bio FROM users").Scan(&bio)
	fmt.Fprint(w, bio)     // want xss-response:medium
	_ = template.HTML(bio) // want template-html:medium
}

type user struct {
	name string
	age  int
}

func load(db *sql.DB) (*user, error) {
	u := new(user)
	err := db.QueryRow("SELECT name, age FROM users").Scan(&u.name, &u.age)
	return u, err
}

func storedInStruct(w http.ResponseWriter, db *sql.DB) {
	u, err := load(db)
	if err != nil {
		return
	}
	fmt.Fprintf(w, "<b>%s</b>", u.name) // want xss-response:medium
	fmt.Fprintf(w, "<b>%d</b>", u.age)
}

func response(db *sql.DB, w http.ResponseWriter) {
	resp, err := http.Get("https://api.example.com/")
	if err != nil {
		return
	}
	b, _ := io.ReadAll(resp.Body)
	db.Query("SELECT a FROM t WHERE b = '" + string(b) + "'") // want sql-injection:medium
	var v struct{ Name string }
	json.NewDecoder(resp.Body).Decode(&v)
	db.Query("SELECT a FROM t WHERE b = '" + v.Name + "'") // want sql-injection:medium
}

func socket(conn net.Conn, db *sql.DB) {
	buf := make([]byte, 100)
	n, _ := conn.Read(buf)
	exec.Command("sh", "-c", string(buf[:n])).Run() // want command-injection:medium
	line, _ := bufio.NewReader(conn).ReadString('\n')
	db.Query("SELECT a FROM t WHERE b = '" + strings.TrimSpace(line) + "'") // want sql-injection:medium
}

func accepted(l net.Listener, db *sql.DB) {
	conn, _ := l.Accept()
	line, _ := bufio.NewReader(conn).ReadString('\n')
	db.Query("SELECT a FROM t WHERE b = '" + line + "'") // want sql-injection:medium
}

// Configuration made at the start.

type config struct{ dir, table string }

var settings config

func init() { settings = readConfig() }

func readConfig() config {
	return config{dir: os.Getenv("DIR"), table: "t"}
}

func usesConfig(db *sql.DB) {
	os.Open(settings.dir)
	db.Query("SELECT a FROM " + settings.table)
}

func fromOutside(db *sql.DB, name string) {
	db.Query("SELECT a FROM t WHERE b = '" + name + "'") // want sql-injection:medium
	os.Open(name)
	exec.Command("sh", "-c", name).Run() // want command-injection:medium
}
