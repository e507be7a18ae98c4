package unknown

import (
	"net/http"

	"github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"
)

var up = gorilla.Upgrader{CheckOrigin: func(*http.Request) bool { return true }} // want "every origin"

var good = gorilla.Upgrader{CheckOrigin: func(r *http.Request) bool { return r.Header.Get("Origin") == "https://a.example" }}

func serve(w http.ResponseWriter, r *http.Request) {
	up.CheckOrigin = func(*http.Request) bool { return true }                       // want "every origin"
	websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})      // want "every origin"
	websocket.Accept(w, r, &websocket.AcceptOptions{OriginPatterns: []string{"*"}}) // want "every origin"
	websocket.Accept(w, r, &websocket.AcceptOptions{OriginPatterns: []string{"a.example"}})
}
