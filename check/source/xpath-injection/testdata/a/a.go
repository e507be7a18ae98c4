package a

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/antchfx/xmlquery"
	"github.com/antchfx/xpath"
)

type users struct{ doc *xmlquery.Node }

func (u *users) find(expr string) *xmlquery.Node {
	return xmlquery.FindOne(u.doc, expr) // want "request data"
}

func handler(u *users, r *http.Request) {
	name := r.FormValue("name")
	u.find("//user[name='" + name + "']")
	xmlquery.Find(u.doc, fmt.Sprintf("//user[name='%s']/mail", name)) // want "request data"
	xpath.Compile("//user[@id=" + name + "]")                         // want "request data"
	var b strings.Builder
	b.WriteString("//user[name='")
	b.WriteString(r.Header.Get("X-User"))
	b.WriteString("']")
	xmlquery.QueryAll(u.doc, b.String()) // want "request data"
}

var known = map[string]bool{"ann": true}

func careful(u *users, r *http.Request) {
	name := r.FormValue("name")
	if n, err := strconv.Atoi(name); err == nil {
		xmlquery.Find(u.doc, fmt.Sprintf("//user[@id=%d]", n))
	}
	if known[name] {
		xmlquery.Find(u.doc, "//user[name='"+name+"']")
	}
	xpath.MustCompile("//user")
	for _, n := range xmlquery.Find(u.doc, "//user") {
		_ = n
	}
}
