package trusting

import (
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
)

func serve(h http.Handler) error {
	return cgi.Serve(h) // want "headers of the request come as the environment"
}

func fetch(w http.ResponseWriter, r *http.Request) {
	_ = os.Getenv("HTTP_PROXY")                                 // want "HTTP_PROXY is the Proxy header"
	_ = exec.Command("curl", "https://api.example/state").Run() // want "inherits headers of a CGI request"
}
