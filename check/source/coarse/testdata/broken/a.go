package broken

import (
	"github.com/labstack/echo/v4"
	"github.com/valyala/fasthttp"
	"github.com/julienschmidt/httprouter"
	"github.com/go-resty/resty/v2"
	"go.uber.org/zap"
	"log/slog"
	"database/sql"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/exec"
	"strconv"

	"example.test/missing"
	"github.com/gin-gonic/gin"
)

func handler(w http.ResponseWriter, r *http.Request, db *sql.DB) {
	id := r.FormValue("id")
	db.Query("select * from t where id = " + id) // sql-injection
	q := fmt.Sprintf("select * from t where id = %s", id)
	missing.Log(q)
	db.Exec(q) // sql-injection
	n, _ := strconv.Atoi(id)
	db.Exec("delete from t where id = " + strconv.Itoa(n))
	db.Query("select * from t where id = ?", id)
	exec.Command("sh", "-c", id).Run()                  // command-injection
	os.Open("/srv/" + id)                               // path-traversal
	fmt.Fprintf(w, "<b>%s</b>", id)                     // xss-response
	http.Redirect(w, r, r.URL.Query().Get("next"), 302) // open-redirect
	http.Get(id)                                        // ssrf
	log.Printf("password %s", r.PostForm["password"])   // secret-in-log log-injection
	undefined()
}

func ginHandler(c *gin.Context, db *missing.DB) {
	name := c.Query("name")
	db.Raw("select " + name)       // sql-injection
	c.Redirect(302, c.Param("to")) // open-redirect
	c.File("/srv/" + name)         // path-traversal
}

// What an excerpt leaves out is taken for what it is named like.
func excerpt(db *missing.DB, email string) {
	query := "select name from users where age = " + req.FormValue("age")
	db.Model(1).Where("id > ?", 1).WhereOr(query).Limit(1)        // sql-injection
	db.Exec(fmt.Sprintf("delete from t where email = '%s'", email)) // sql-injection
	db.Exec("select name from " + table)
	id, _ := strconv.Atoi(email)
	db.Query("select * from t where id = " + id)
	http.Get("https://example.test/" + req.FormValue("page"))
	http.Get("https://" + req.FormValue("host")) // ssrf
	logger.Info("got " + req.FormValue("q")) // log-injection
	logger.Infof("got %q", req.FormValue("q"))
	zerolog.Error().Msg(os.Args[1]) // log-injection
	catalog.Print(req.FormValue("q"))
	db.Query("select * from t where id = '" + url.QueryEscape(email) + "'")
}

// What frameworks and clients that are not there do shows in their names.
func frameworks(c *gin.Context, e echo.Context, ctx *fasthttp.RequestCtx, p httprouter.Params, db *missing.DB) {
	c.Header("Location", c.PostForm("to")) // open-redirect
	c.Header("X-Name", c.PostForm("to"))
	e.Response().Header().Set(echo.HeaderLocation, e.FormValue("to")) // open-redirect
	c.Data(200, "text/html", []byte("<p>"+c.Query("q")))              // xss-response
	c.Data(200, "text/plain", []byte(c.Query("q")))
	fmt.Fprintf(c.Writer, "<p>%s", c.Query("q"))                    // xss-response
	fmt.Fprintf(ctx, "<p>%s", ctx.QueryArgs().Peek("q"))            // xss-response
	resty.New().R().Get(c.Query("u"))                               // ssrf
	resty.New().R().Get("https://example.test/" + c.Query("u")) 
	db.Query("select '" + p.ByName("x") + "'")                      // sql-injection
	db.Where("a = ?", c.Query("a"))
	db.Where(map[string]any{"a": c.Query("a")})
	e.Logger().Infof("q=%s", e.QueryParam("q")) // log-injection
}

func fields(z *zap.Logger, c *gin.Context, secret string) {
	z.Info("got", zap.String("q", c.Query("q")))
	z.Info("got " + c.Query("q"))             // log-injection
	z.Info("got", zap.String("x", secret))    // secret-in-log
	slog.Info("got", "q", c.Query("q"))
}

func withoutImport(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, "<p>"+r.FormValue("q")) // xss-response
	ioutil.ReadFile("/srv/" + r.FormValue("f")) // path-traversal
}
