// Package gin stands in for the framework.
package gin

import "net/http"

type ResponseWriter interface {
	http.ResponseWriter
	WriteString(string) (int, error)
}

type Context struct {
	Request *http.Request
	Writer  ResponseWriter
}

func (c *Context) Query(key string) string                        { return "" }
func (c *Context) GetString(key string) string                    { return "" }
func (c *Context) ShouldBindJSON(obj any) error                   { return nil }
func (c *Context) Redirect(code int, location string)             {}
func (c *Context) Header(key, value string)                       {}
func (c *Context) Data(code int, contentType string, data []byte) {}
func (c *Context) String(code int, format string, values ...any)  {}
func (c *Context) JSON(code int, obj any)                         {}
func (c *Context) File(path string)                               {}
