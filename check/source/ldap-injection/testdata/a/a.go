package a

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"

	"github.com/go-ldap/ldap/v3"
)

const base = "ou=people,dc=example,dc=com"

func search(c *ldap.Conn, filter string) {
	c.Search(ldap.NewSearchRequest(base, 2, 0, 0, 0, false, filter, nil, nil)) // want "request data"
}

func handler(c *ldap.Conn, r *http.Request) {
	name := r.FormValue("name")
	search(c, fmt.Sprintf("(&(objectClass=person)(uid=%s))", name))
	c.Search(ldap.NewSearchRequest(base, 2, 0, 0, 0, false, "(uid="+name+")", nil, nil))         // want "request data"
	c.Search(ldap.NewSearchRequest("ou="+name+","+base, 2, 0, 0, 0, false, "(uid=*)", nil, nil)) // want "request data"
	req := &ldap.SearchRequest{BaseDN: base}
	req.Filter = "(uid=" + name + ")" // want "request data"
	c.Search(req)
}

var letters = regexp.MustCompile(`^[a-z]+$`)

func careful(c *ldap.Conn, r *http.Request) {
	name := r.FormValue("name")
	c.Search(ldap.NewSearchRequest(base, 2, 0, 0, 0, false, "(uid="+ldap.EscapeFilter(name)+")", nil, nil))
	c.Search(ldap.NewSearchRequest("uid="+ldap.EscapeDN(name)+","+base, 2, 0, 0, 0, false, "(uid=*)", nil, nil))
	if n, err := strconv.Atoi(name); err == nil {
		c.Search(ldap.NewSearchRequest(base, 2, 0, 0, 0, false, fmt.Sprintf("(uidNumber=%d)", n), nil, nil))
	}
	if letters.MatchString(name) {
		c.Search(ldap.NewSearchRequest(base, 2, 0, 0, 0, false, "(uid="+name+")", nil, nil))
	}
	c.Search(ldap.NewSearchRequest(base, 2, 0, 0, 0, false, "(uid=admin)", []string{name}, nil))
}
