package a

import (
	"net/http"
	"regexp"
)

func find(r *http.Request) {
	regexp.Compile(r.FormValue("q")) // want `request data reaches Compile`
	regexp.Compile(regexp.QuoteMeta(r.FormValue("q")))
}
