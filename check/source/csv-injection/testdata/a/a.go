package a

import (
	"encoding/csv"
	"net/http"
)

func export(c *csv.Writer, r *http.Request) {
	c.Write([]string{"1", r.FormValue("name")}) // want `request data reaches Write`
	c.Write([]string{"1", "2"})
}
