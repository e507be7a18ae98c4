// Package echo stands in for the framework.
package echo

import "io"

type Logger interface {
	Infof(format string, args ...any)
}

type Context interface {
	QueryParam(name string) string
	Bind(v any) error
	HTML(code int, html string) error
	Blob(code int, contentType string, b []byte) error
	Stream(code int, contentType string, r io.Reader) error
	Redirect(code int, url string) error
	Logger() Logger
}
