package a

import (
	"log"
	"log/slog"
	"net/http"
	"strings"
)

func logs(r *http.Request) {
	name := r.FormValue("name")
	log.Printf("hello %s", name) // want `request data reaches the log`
	slog.Info("hello " + name)   // want `request data reaches the log`
	slog.Info("hello", "name", name)
	log.Printf("hello %q", name)
	log.Printf("%d", len(name))
	name = strings.ReplaceAll(strings.ReplaceAll(name, "\n", ""), "\r", "")
	log.Printf("hello %s", name)
}
