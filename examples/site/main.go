// Site is a whole protected site: `site serve --dev` shows it, `site check
// --deploy` judges it.
package main

import (
	"embed"
	"net/http"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/manage"
)

//go:embed public
var files embed.FS

func main() {
	manage.Main(manage.App{Name: "site", Prefix: "SITE_", Handler: func(*merlon.Site) http.Handler {
		mux := http.NewServeMux()
		mux.Handle("GET /public/", http.FileServerFS(files))
		mux.Handle("GET /{$}", http.RedirectHandler("/public/", http.StatusSeeOther))
		return mux
	}})
}
