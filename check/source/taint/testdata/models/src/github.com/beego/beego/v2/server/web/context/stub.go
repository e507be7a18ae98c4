// Package context stands in for the framework's.
package context

import "net/http"

type BeegoInput struct{ RequestBody []byte }

func (in *BeegoInput) Query(key string) string { return "" }

type BeegoOutput struct{}

func (out *BeegoOutput) Body(content []byte) error { return nil }

type Context struct {
	Request *http.Request
	Input   *BeegoInput
	Output  *BeegoOutput
}

func (ctx *Context) Redirect(status int, url string) {}
func (ctx *Context) WriteString(content string)      {}
