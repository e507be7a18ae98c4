package a

import (
	"html/template"
	"net/http"
)

func bio(r *http.Request) template.HTML {
	return template.HTML("<p>" + r.FormValue("bio")) // want `request data reaches HTML that is not escaped`
}

func safe(r *http.Request) template.HTML {
	return template.HTML("<p>" + template.HTMLEscapeString(r.FormValue("bio")))
}
