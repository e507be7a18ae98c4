package broken

import (
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
