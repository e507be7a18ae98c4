// Package web stands in for the framework.
package web

import "github.com/beego/beego/v2/server/web/context"

type Controller struct{ Ctx *context.Context }

func (c *Controller) GetString(key string, def ...string) string { return "" }
func (c *Controller) Redirect(url string, code int)              {}
func (c *Controller) ParseForm(obj any) error                    { return nil }
