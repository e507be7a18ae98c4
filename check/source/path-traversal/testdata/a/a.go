package a

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

func files(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	os.ReadFile(filepath.Join("/srv", name))                            // want `request data reaches ReadFile`
	http.ServeFile(w, r, filepath.Join("static", filepath.Clean(name))) // want `request data reaches ServeFile`
	os.ReadFile(filepath.Join("/srv", filepath.Clean("/"+name)))
	os.ReadFile(filepath.Join("/srv", filepath.Base(name)))
	root, err := os.OpenRoot("/srv")
	if err != nil {
		return
	}
	root.Open(name)
	if filepath.IsLocal(name) {
		os.Open(filepath.Join("/srv", name))
	}
	full := filepath.Join("/srv/data", r.PathValue("m"))
	if strings.HasPrefix(full, "/srv/data/") {
		os.Open(full)
	}
	if strings.HasPrefix(r.PathValue("p"), "/srv/data/") {
		os.Open(r.PathValue("p")) // want `request data reaches Open`
	}
}

func upload(w http.ResponseWriter, r *http.Request) {
	file, header, err := r.FormFile("file")
	if err != nil {
		return
	}
	out, err := os.Create("uploads/" + header.Filename) // want `request data reaches Create`
	if err != nil {
		return
	}
	io.Copy(out, file)
}
