// Package fiber stands in for the framework.
package fiber

type Ctx struct{}

func (c *Ctx) Query(key string) string                     { return "" }
func (c *Ctx) SendString(body string) error                { return nil }
func (c *Ctx) Set(key, value string)                       {}
func (c *Ctx) Type(extension string) *Ctx                  { return c }
func (c *Ctx) Redirect(location string, code ...int) error { return nil }
func (c *Ctx) BodyParser(out any) error                    { return nil }
