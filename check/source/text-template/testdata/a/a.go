package a

import (
	"net/http"
	"os"
	"text/template"
)

func page(w http.ResponseWriter, name string) {
	t := template.Must(template.New("x").Parse("<html>{{.}}</html>")) // want "is given HTML"
	t.Execute(w, name)                                                // want "writes into a response"
	t.Execute(os.Stdout, name)
	template.ParseFiles("page.html") // want "reads page.html"
	template.Must(template.New("x").Parse("Dear {{.}}"))
}
