// Package guards validates values, rightly and wrongly.
package guards

import (
	"database/sql"
	"errors"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

var columns = map[string]bool{"name": true, "age": true}

var orders = map[string]string{"up": "ASC", "down": "DESC"}

func allowedByMap(db *sql.DB, r *http.Request) {
	col := r.FormValue("col")
	if !columns[col] {
		return
	}
	db.Query("SELECT a FROM t ORDER BY " + col)
}

func allowedByMapOk(db *sql.DB, r *http.Request) {
	col := r.FormValue("col")
	if _, ok := columns[col]; !ok {
		col = "name"
	}
	db.Query("SELECT a FROM t ORDER BY " + col)
}

func mappedTo(db *sql.DB, r *http.Request) {
	db.Query("SELECT a FROM t ORDER BY a " + orders[r.FormValue("dir")])
	dir, ok := orders[r.FormValue("dir")]
	if !ok {
		dir = "ASC"
	}
	db.Query("SELECT a FROM t ORDER BY a " + dir)
}

func switched(db *sql.DB, r *http.Request) {
	col := r.FormValue("col")
	switch col {
	case "name", "age":
	default:
		return
	}
	db.Query("SELECT a FROM t ORDER BY " + col)
}

func switchedTo(db *sql.DB, r *http.Request) {
	var col string
	switch r.FormValue("col") {
	case "name":
		col = "name"
	case "age":
		col = "age"
	}
	db.Query("SELECT a FROM t ORDER BY " + col)
}

func switchNotLeft(db *sql.DB, r *http.Request) {
	col := r.FormValue("col")
	switch col {
	case "name", "age":
	default:
		fmt.Println("odd column")
	}
	db.Query("SELECT a FROM t ORDER BY " + col) // want sql-injection
}

func contained(db *sql.DB, r *http.Request) {
	col := r.FormValue("col")
	if !slices.Contains([]string{"name", "age"}, col) {
		return
	}
	db.Query("SELECT a FROM t ORDER BY " + col)
}

func containedIgnored(db *sql.DB, r *http.Request) {
	col := r.FormValue("col")
	if !slices.Contains([]string{"name", "age"}, col) {
		fmt.Println("odd column")
	}
	db.Query("SELECT a FROM t ORDER BY " + col) // want sql-injection
}

func loop(db *sql.DB, r *http.Request) {
	col := r.FormValue("col")
	found := false
	for _, c := range []string{"name", "age"} {
		if c == col {
			found = true
			break
		}
	}
	if !found {
		return
	}
	db.Query("SELECT a FROM t ORDER BY " + col)
}

func loopReturns(db *sql.DB, r *http.Request) {
	col := r.FormValue("col")
	for _, c := range []string{"name", "age"} {
		if c == col {
			db.Query("SELECT a FROM t ORDER BY " + col)
			return
		}
	}
}

func known(s string) bool {
	for _, c := range []string{"name", "age"} {
		if c == s {
			return true
		}
	}
	return false
}

func byFunction(db *sql.DB, r *http.Request) {
	col := r.FormValue("col")
	if !known(col) {
		return
	}
	db.Query("SELECT a FROM t ORDER BY " + col)
}

func validate(s string) error {
	if !known(s) {
		return errors.New("unknown column")
	}
	return nil
}

func byError(db *sql.DB, r *http.Request) {
	col := r.FormValue("col")
	if err := validate(col); err != nil {
		return
	}
	db.Query("SELECT a FROM t ORDER BY " + col)
}

func orDefault(s string) string {
	if known(s) {
		return s
	}
	return "name"
}

func byResult(db *sql.DB, r *http.Request) {
	db.Query("SELECT a FROM t ORDER BY " + orDefault(r.FormValue("col")))
}

func length(db *sql.DB, r *http.Request) {
	col := r.FormValue("col")
	if len(col) > 100 || col == "" {
		return
	}
	db.Query("SELECT a FROM t ORDER BY " + col) // want sql-injection
}

var identifier = regexp.MustCompile(`^[a-z_]+$`)

var anywhere = regexp.MustCompile(`[a-z_]+`)

func matched(db *sql.DB, r *http.Request) {
	col := r.FormValue("col")
	if !identifier.MatchString(col) {
		return
	}
	db.Query("SELECT a FROM t ORDER BY " + col)
}

func matchedAnywhere(db *sql.DB, r *http.Request) {
	col := r.FormValue("col")
	if !anywhere.MatchString(col) {
		return
	}
	db.Query("SELECT a FROM t ORDER BY " + col) // want sql-injection
}

func denied(db *sql.DB, r *http.Request) {
	col := r.FormValue("col")
	if strings.Contains(col, "DROP") {
		return
	}
	db.Query("SELECT a FROM t ORDER BY " + col) // want sql-injection
}

func escapedForHTML(db *sql.DB, w http.ResponseWriter, r *http.Request) {
	x := html.EscapeString(r.FormValue("x"))
	fmt.Fprintf(w, "<b>%s</b>", x)
	db.Query("SELECT a FROM t WHERE b = " + x) // want sql-injection
	y := template.HTMLEscapeString(r.FormValue("x"))
	fmt.Fprint(w, y)
	exec.Command("sh", "-c", y).Run() // want command-injection
}

func doubled(db *sql.DB, r *http.Request) {
	x := strings.ReplaceAll(r.FormValue("x"), "'", "''")
	db.Query("SELECT a FROM t WHERE b = " + x) // want sql-injection
}

// Paths.

func base(r *http.Request) {
	os.Open(filepath.Join("/srv", filepath.Base(r.FormValue("f"))))
	os.Open("/srv/" + path.Base(r.FormValue("f")))
}

func cleaned(r *http.Request) {
	os.Open(filepath.Join("/srv", filepath.Clean(r.FormValue("f")))) // want path-traversal
	os.Open(filepath.Join("/srv", filepath.Clean("/"+r.FormValue("f"))))
	os.Open("/srv" + path.Clean("/"+r.FormValue("f")))
}

func local(r *http.Request) {
	f := r.FormValue("f")
	if !filepath.IsLocal(f) {
		return
	}
	os.Open(filepath.Join("/srv", f))
}

func below(r *http.Request) {
	p := filepath.Join("/srv/files", r.FormValue("f"))
	if !strings.HasPrefix(p, "/srv/files/") {
		return
	}
	os.Open(p)
}

func belowSeparator(r *http.Request, root string) {
	p := filepath.Clean(filepath.Join(root, r.FormValue("f")))
	if !strings.HasPrefix(p, filepath.Clean(root)+string(os.PathSeparator)) {
		return
	}
	os.Open(p)
}

func prefixBeforeCleaning(r *http.Request) {
	p := "/srv/" + r.FormValue("f")
	if !strings.HasPrefix(p, "/srv/") {
		return
	}
	os.Open(p) // want path-traversal
}

func prefixWithoutSeparator(r *http.Request) {
	p := filepath.Join("/srv/files", r.FormValue("f"))
	if !strings.HasPrefix(p, "/srv/files") {
		return
	}
	os.Open(p)
}

func relative(r *http.Request) {
	p := filepath.Join("/srv/files", r.FormValue("f"))
	rel, err := filepath.Rel("/srv/files", p)
	if err != nil || strings.HasPrefix(rel, "..") {
		return
	}
	os.Open(p)
}

func dots(r *http.Request) {
	f := r.FormValue("f")
	if strings.Contains(f, "..") {
		return
	}
	os.Open(filepath.Join("/srv", f))
}

func removedOnce(r *http.Request) {
	f := strings.ReplaceAll(r.FormValue("f"), "../", "")
	os.Open("/srv/" + f) // want path-traversal
}

func extension(r *http.Request) {
	f := r.FormValue("f")
	if filepath.Ext(f) != ".pdf" {
		return
	}
	os.Open("/srv/" + f) // want path-traversal
}

func suffixed(r *http.Request) {
	f := r.FormValue("f")
	if !strings.HasSuffix(f, ".pdf") {
		return
	}
	os.Open("/srv/" + f) // want path-traversal
}

func rooted(r *http.Request) {
	root, err := os.OpenRoot("/srv")
	if err != nil {
		return
	}
	root.Open(r.FormValue("f"))
	http.Dir("/srv").Open(r.FormValue("f"))
}

func numbered(r *http.Request) {
	n, err := strconv.Atoi(r.FormValue("n"))
	if err != nil {
		return
	}
	os.Open(fmt.Sprintf("/srv/%d.txt", n))
}

// Outgoing requests.

func fetch(r *http.Request) {
	http.Get(r.FormValue("u"))                        // want ssrf
	http.Get("https://" + r.FormValue("host") + "/a") // want ssrf
	http.Get("https://api.example.com/users/" + r.FormValue("id"))
	http.Get("https://api.example.com/?q=" + url.QueryEscape(r.FormValue("q")))
	http.Get("https://api.example.com" + r.FormValue("path"))            // want ssrf
	http.Get(fmt.Sprintf("https://%s.example.com/", r.FormValue("sub"))) // want ssrf
	http.Get(fmt.Sprintf("https://example.com/%s", r.FormValue("id")))
	http.Get("https://" + url.QueryEscape(r.FormValue("host")) + "/a") // want ssrf
}

func hostEquals(r *http.Request) {
	u, err := url.Parse(r.FormValue("u"))
	if err != nil || u.Host != "api.example.com" {
		return
	}
	http.Get(u.String())
}

func hostname(r *http.Request) {
	target := r.FormValue("u")
	u, err := url.Parse(target)
	if err != nil {
		return
	}
	switch u.Hostname() {
	case "a.example.com", "b.example.com":
		http.Get(target)
	}
}

var hosts = map[string]struct{}{"a.example.com": {}}

func hostListed(r *http.Request) {
	target := r.FormValue("u")
	u, err := url.Parse(target)
	if err != nil {
		return
	}
	if _, ok := hosts[u.Host]; !ok {
		return
	}
	http.Get(target)
}

func hostContained(r *http.Request) {
	target := r.FormValue("u")
	if !strings.Contains(target, "example.com") {
		return
	}
	http.Get(target) // want ssrf
}

func hostSuffixWithoutDot(r *http.Request) {
	u, err := url.Parse(r.FormValue("u"))
	if err != nil || !strings.HasSuffix(u.Host, "example.com") {
		return
	}
	http.Get(u.String()) // want ssrf
}

func hostSuffix(r *http.Request) {
	u, err := url.Parse(r.FormValue("u"))
	if err != nil || !strings.HasSuffix(u.Host, ".example.com") {
		return
	}
	http.Get(u.String())
}

func prefixWithoutSlash(r *http.Request) {
	target := r.FormValue("u")
	if !strings.HasPrefix(target, "https://example.com") {
		return
	}
	http.Get(target) // want ssrf
}

func prefixWithSlash(r *http.Request) {
	target := r.FormValue("u")
	if !strings.HasPrefix(target, "https://example.com/") {
		return
	}
	http.Get(target)
}

func schemeOnly(r *http.Request) {
	u, err := url.Parse(r.FormValue("u"))
	if err != nil || u.Scheme != "https" {
		return
	}
	http.Get(u.String()) // want ssrf
}

func parsedOnly(r *http.Request) {
	u, err := url.ParseRequestURI(r.FormValue("u"))
	if err != nil {
		return
	}
	http.Get(u.String()) // want ssrf
}

func notLocalhost(r *http.Request) {
	u, err := url.Parse(r.FormValue("u"))
	if err != nil || u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" {
		return
	}
	http.Get(u.String()) // want ssrf
}

func addressParsed(r *http.Request) {
	ip := net.ParseIP(r.FormValue("ip"))
	if ip == nil {
		return
	}
	http.Get("http://" + r.FormValue("ip") + "/") // want ssrf
	exec.Command("ping", ip.String()).Run()
}

func address(r *http.Request) {
	a, err := netip.ParseAddr(r.FormValue("ip"))
	if err != nil {
		return
	}
	exec.Command("sh", "-c", "ping "+a.String()).Run()
}

// Redirects.

func redirect(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, r.FormValue("next"), 302)     // want open-redirect
	http.Redirect(w, r, "/"+r.FormValue("next"), 302) // want open-redirect
	http.Redirect(w, r, "/login?next="+r.FormValue("next"), 302)
	http.Redirect(w, r, "/login?next="+url.QueryEscape(r.URL.Path), 302)
	http.Redirect(w, r, r.URL.Path+"/", 302)
	http.Redirect(w, r, "https://"+r.Host+r.URL.Path, 302)
	w.Header().Set("Location", r.FormValue("next")) // want open-redirect
	http.Redirect(w, r, r.Referer(), 302)           // want open-redirect
}

func slash(w http.ResponseWriter, r *http.Request) {
	next := r.FormValue("next")
	if !strings.HasPrefix(next, "/") {
		next = "/"
	}
	http.Redirect(w, r, next, 302) // want open-redirect
}

func oneSlash(w http.ResponseWriter, r *http.Request) {
	next := r.FormValue("next")
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") { // want open-redirect:medium
		next = "/"
	}
	http.Redirect(w, r, next, 302)
}

func onePlainSlash(w http.ResponseWriter, r *http.Request) {
	next := r.FormValue("next")
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.HasPrefix(next, `/\`) {
		next = "/"
	}
	http.Redirect(w, r, next, 302)
}

func firstCharacter(next string) string {
	if next == "" || next[0] != '/' { // want open-redirect:medium
		return "/"
	}
	return next
}

func twoCharacters(next string) string {
	if next == "" || next[0] != '/' || len(next) > 1 && (next[1] == '/' || next[1] == '\\') {
		return "/"
	}
	return next
}

func validRedirect(to string) bool {
	return len(to) > 1 && to[0] == '/' && to[1] != '/' // want open-redirect:medium
}

func validRedirectTo(to string) bool {
	return len(to) > 1 && to[0] == '/' && to[1] != '/' && to[1] != '\\'
}

func firstOfPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Path == "" || u.Path[0] != '/' { // want open-redirect:medium
		return "/"
	}
	return u.Path
}

func withSlash(redirect string) string {
	if !strings.HasPrefix(redirect, "/") {
		redirect = "/" + redirect
	}
	return redirect
}

func toChecked(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, firstCharacter(r.FormValue("next")), 302) // want open-redirect
	http.Redirect(w, r, twoCharacters(r.FormValue("next")), 302)
}

func noHost(w http.ResponseWriter, r *http.Request) {
	u, err := url.Parse(r.FormValue("next"))
	if err != nil || u.Host != "" {
		http.Error(w, "bad", 400)
		return
	}
	http.Redirect(w, r, u.Path, 302)
}

func notAbsolute(w http.ResponseWriter, r *http.Request) {
	next := r.FormValue("next")
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() {
		next = "/"
	}
	http.Redirect(w, r, next, 302) // want open-redirect
}

func sameHost(w http.ResponseWriter, r *http.Request) {
	u, err := url.Parse(r.FormValue("next"))
	if err != nil || u.Host != r.Host {
		return
	}
	http.Redirect(w, r, u.String(), 302)
}

func listed(w http.ResponseWriter, r *http.Request) {
	next := r.FormValue("next")
	for _, ok := range []string{"/home", "/settings"} {
		if next == ok {
			http.Redirect(w, r, next, 302)
			return
		}
	}
	http.Redirect(w, r, "/", 302)
}

// tidied sends browsers to the tidied path of the same host.
func tidied(w http.ResponseWriter, r *http.Request) {
	if p := path.Clean(r.URL.Path); p != r.URL.Path {
		u := *r.URL
		u.Path = p
		p = u.String()
		w.Header().Set("Location", p)
		w.WriteHeader(http.StatusMovedPermanently)
	}
}

const (
	host   = "https://a.example"
	folder = "https://a.example/"
)

var service = "https://a.example"

func hostWithoutEnd(r *http.Request) {
	x := r.FormValue("x")
	http.Get(fmt.Sprintf("%s%s", host, x)) // want ssrf
	http.Get(fmt.Sprintf("%v%v", host, x)) // want ssrf
	http.Get(fmt.Sprintf("%s/%s", host, x))
	http.Get(fmt.Sprintf("%s%s", folder, x))
	http.Get(host + x) // want ssrf
	http.Get(folder + x)
	http.Get(service + x) // want ssrf
	http.Get(service + "/" + x)
}

func resolved(r *http.Request) {
	x := r.FormValue("x")
	os.Open(filepath.Join("/srv", filepath.Clean(filepath.Join(string(os.PathSeparator), x))))
	os.Open(filepath.Join("/srv", filepath.Clean(filepath.Join("sub", x)))) // want path-traversal
	os.Open(filepath.Clean(filepath.Join("/srv", x)))                       // want path-traversal
	os.Open(filepath.Clean("/srv/" + x))                                    // want path-traversal
}
