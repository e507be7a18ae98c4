// Package ldap stands in for the client of that name: declarations only.
package ldap

type Control interface{ GetControlType() string }

type SearchRequest struct {
	BaseDN, Filter string
	Attributes     []string
}

type SearchResult struct{}

func NewSearchRequest(baseDN string, scope, deref, size, time int, typesOnly bool, filter string, attributes []string, controls []Control) *SearchRequest {
	return nil
}

type Conn struct{}

func DialURL(addr string) (*Conn, error)                       { return nil, nil }
func (c *Conn) Bind(name, password string) error               { return nil }
func (c *Conn) Search(r *SearchRequest) (*SearchResult, error) { return nil, nil }
func EscapeFilter(s string) string                             { return "" }
func EscapeDN(s string) string                                 { return "" }
