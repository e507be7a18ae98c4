package plain

import (
	"net/http"
	"net/http/cgi"
	"net/http/fcgi"
	"os"
	"os/exec"
)

func serve(h http.Handler) error {
	return cgi.Serve(h) // want "headers of the request come as the environment"
}

func child() http.Handler {
	return &cgi.Handler{Path: "/usr/lib/cgi-bin/old"} // want "become the environment of another program"
}

func fast(h http.Handler) error { return fcgi.Serve(nil, h) }

func run() error {
	cmd := exec.Command("date")
	cmd.Env = []string{"PATH=/bin"}
	_ = os.Getenv("http_proxy")
	return cmd.Run()
}
