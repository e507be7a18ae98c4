// Package frameworks answers requests with the frameworks that people use.
package frameworks

import (
	"net/http"
	"os"
	"strings"

	"github.com/beego/beego/v2/server/web"
	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v2"
	jsoniter "github.com/json-iterator/go"
	"github.com/labstack/echo/v4"
	"github.com/revel/revel"
	"golang.org/x/net/html"
)

type form struct{ Name, Next string }

func viaGin(c *gin.Context) {
	var f form
	c.ShouldBindJSON(&f)
	c.Redirect(302, f.Next)                        // want open-redirect
	c.Header("Location", c.Query("to"))            // want open-redirect
	c.Data(200, "text/html", []byte(c.Query("q"))) // want xss-response
	c.Data(200, "application/json", []byte(c.Query("q")))
	c.String(200, c.Query("q"))
	c.Writer.WriteString(c.Request.FormValue("q")) // want xss-response
	c.File("/srv/" + c.Query("f"))                 // want path-traversal
	c.File(c.GetString("set by the program"))
	c.JSON(200, c.Query("q"))
}

func viaEcho(c echo.Context) error {
	q := c.QueryParam("q")
	c.HTML(200, q)                                     // want xss-response
	c.Blob(200, "text/html; charset=utf-8", []byte(q)) // want xss-response
	c.Blob(200, "text/csv", []byte(q))
	c.Stream(200, "text/html", strings.NewReader(q)) // want xss-response
	c.Logger().Infof("q %s", q)                      // want log-injection
	return c.Redirect(302, q)                        // want open-redirect
}

func viaFiber(c *fiber.Ctx) error {
	return c.SendString(c.Query("q")) // text/plain
}

func viaFiberHTML(c *fiber.Ctx) error {
	c.Set("Content-Type", "text/html")
	return c.SendString(c.Query("q")) // want xss-response
}

type main struct{ web.Controller }

func (m *main) Get() {
	m.Redirect(m.GetString("to"), 302)                       // want open-redirect
	m.Ctx.WriteString(m.Ctx.Input.Query("q"))                // want xss-response
	m.Ctx.Output.Body(m.Ctx.Input.RequestBody)               // want xss-response
	m.Ctx.Redirect(302, m.Ctx.Request.URL.Query().Get("to")) // want open-redirect
	var f form
	m.ParseForm(&f)
	os.Open(f.Name) // want path-traversal
}

type app struct{ *revel.Controller }

func (a app) Index() revel.Result {
	a.RenderText(a.Params.Get("q"))
	a.Redirect(a.Params.Form.Get("to"))          // want open-redirect
	return a.RenderHTML(a.Params.Query.Get("q")) // want xss-response
}

func parsed(w http.ResponseWriter, r *http.Request) {
	n, _ := html.Parse(r.Body)
	w.Write([]byte(n.Data)) // want xss-response
	w.Write([]byte(html.EscapeString(n.Data)))
	html.Render(w, n) // want xss-response
}

// What encodes as encoding/json does escapes what would begin a tag.
func encoded(w http.ResponseWriter, r *http.Request) {
	var json = jsoniter.ConfigCompatibleWithStandardLibrary
	b, _ := json.Marshal(r.FormValue("q"))
	w.Write(b)
	b, _ = jsoniter.Marshal(r.FormValue("q"))
	w.Write(b)
	w.Write([]byte(r.FormValue("q"))) // want xss-response
}
