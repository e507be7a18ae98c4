package a

import (
	"net/http"
	_ "net/http/pprof" // want "on the default ServeMux"
)

func serve() { http.ListenAndServe(":80", nil) }
