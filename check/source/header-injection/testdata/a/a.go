package a

import (
	"net/http"
	"net/textproto"
)

func command(c *textproto.Conn, r *http.Request) {
	c.PrintfLine("X-Name: %s", r.FormValue("name")) // want `request data reaches PrintfLine`
	c.PrintfLine("X-Name: none")
}
