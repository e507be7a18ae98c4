package a

import "net/http"

func serve() {
	http.Handle("/", http.FileServer(http.Dir("/")))         // want "shows the folder"
	http.Handle("/a", http.FileServer(http.Dir(".")))        // want "shows the folder"
	http.Handle("/b", http.FileServer(http.Dir("/srv/www"))) // want "lists folders"
}
