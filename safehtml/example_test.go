package safehtml_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing/fstest"

	"github.com/merlon-go/merlon/safehtml"
)

func Example() {
	files := fstest.MapFS{
		"layouts/base.html": {Data: []byte(`<title>{{block "title" .}}{{end}}</title>{{block "main" .}}{{end}}`)},
		"hello.html": {Data: []byte(`{{template "layouts/base" .}}{{define "title"}}Hello{{end}}` +
			`{{define "main"}}<form method="post">{{csrfField}}<a href="{{.Link}}">{{.Name}}</a></form>{{end}}`)},
	}
	pages, err := safehtml.Load(safehtml.Config{
		FS:        files,
		CSRFToken: func(context.Context) string { return "token" }, // csrf.Token
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, r *http.Request) {
		data := map[string]string{"Name": "<Ann>", "Link": "//evil.example"}
		_ = pages.Render(w, r, http.StatusOK, "hello", data) // a failure was answered with 500
	})
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/hello", nil))
	fmt.Println(w.Body)
	// Output: <title>Hello</title><form method="post"><input type="hidden" name="csrf_token" value="token"><a href="#">&lt;Ann&gt;</a></form>
}
