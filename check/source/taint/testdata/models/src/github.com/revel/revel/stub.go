// Package revel stands in for the framework.
package revel

import "net/url"

type Result interface{}

type Params struct {
	url.Values
	Form  url.Values
	Query url.Values
	JSON  []byte
}

type Controller struct{ Params *Params }

func (c *Controller) RenderHTML(html string) Result           { return nil }
func (c *Controller) RenderText(text string, a ...any) Result { return nil }
func (c *Controller) Redirect(val any, args ...any) Result    { return nil }
