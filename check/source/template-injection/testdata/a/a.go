package a

import (
	"net/http"
	"text/template"
)

func page(r *http.Request) {
	template.New("x").Parse("hello " + r.FormValue("t")) // want `request data reaches Parse`
	template.New("x").Parse("hello")
}
