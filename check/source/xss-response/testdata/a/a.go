package a

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"io"
	"net/http"
	"os"
	texttemplate "text/template"
)

func write(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	fmt.Fprintf(w, "<p>%s</p>", name) // want `request data reaches the response`
	w.Write([]byte(name))             // want `request data reaches the response`
	io.WriteString(w, name)           // want `request data reaches the response`
	var b bytes.Buffer
	b.WriteString("<b>" + name + "</b>")
	b.WriteTo(w) // want `request data reaches the response`
	fmt.Fprintf(w, "<p>%s</p>", html.EscapeString(name))
	fmt.Fprintf(w, "<p>%d</p>", len(name))
	template.Must(template.New("x").Parse("{{.}}")).Execute(w, name)
	texttemplate.Must(texttemplate.New("x").Parse("{{.}}")).Execute(w, name) // want `request data reaches the response`
	json.NewEncoder(w).Encode(name)
	http.Error(w, name, 400)
}

func render(w io.Writer, title string) {
	fmt.Fprintf(w, "<title>%s</title>", title) // want `request data reaches the response`
}

func page(w http.ResponseWriter, r *http.Request) {
	render(w, r.FormValue("title"))
	render(os.Stdout, r.FormValue("title"))
}

func plain(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(w, "hello %s", r.FormValue("name"))
}

func stored(db *sql.DB) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rows, err := db.Query("SELECT name FROM t")
		if err != nil {
			return
		}
		for rows.Next() {
			var name string
			rows.Scan(&name)
			fmt.Fprintf(w, "<li>%s</li>", name) // want `data from the database reaches the response`
		}
	}
}
