// Package text makes texts of other texts.
package text

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"
	"unicode/utf8"
	"unsafe"
)

const base = "SELECT a FROM t WHERE b = '"

func functions(db *sql.DB, r *http.Request) {
	x := r.FormValue("x")
	db.Query(strings.TrimSpace(x))                                            // want sql-injection
	db.Query(strings.ToLower(x))                                              // want sql-injection
	db.Query(strings.Title(x))                                                // want sql-injection
	db.Query(strings.Repeat(x, 2))                                            // want sql-injection
	db.Query(strings.Replace(x, "a", "b", -1))                                // want sql-injection
	db.Query(strings.ReplaceAll("SELECT ?", "?", x))                          // want sql-injection
	db.Query(strings.NewReplacer("a", "b").Replace(x))                        // want sql-injection
	db.Query(strings.NewReplacer("{x}", x).Replace("SELECT {x}"))             // want sql-injection
	db.Query(strings.Split(x, ",")[0])                                        // want sql-injection
	db.Query(strings.SplitN(x, ",", 2)[1])                                    // want sql-injection
	db.Query(strings.Fields(x)[0])                                            // want sql-injection
	db.Query(strings.Join([]string{"SELECT", x}, " "))                        // want sql-injection
	db.Query(strings.TrimPrefix(x, "a"))                                      // want sql-injection
	db.Query(strings.TrimFunc(x, func(r rune) bool { return false }))         // want sql-injection
	db.Query(strings.FieldsFunc(x, func(r rune) bool { return r == ',' })[0]) // want sql-injection
	db.Query(strings.Map(func(r rune) rune { return r }, x))                  // want sql-injection
	db.Query(strings.ToValidUTF8(x, ""))                                      // want sql-injection
	db.Query(strings.Clone(x))                                                // want sql-injection
	before, after, _ := strings.Cut(x, ",")
	db.Query(before) // want sql-injection
	db.Query(after)  // want sql-injection
	rest, _ := strings.CutPrefix(x, "a")
	db.Query(rest) // want sql-injection
	for part := range strings.SplitSeq(x, ",") {
		db.Query(part) // want sql-injection
	}
	for line := range strings.Lines(x) {
		db.Query(line) // want sql-injection
	}
	db.Query(x[1:])                                       // want sql-injection
	db.Query(string([]rune(x)))                           // want sql-injection
	db.Query(string(bytes.ToUpper([]byte(x))))            // want sql-injection
	db.Query(string(append([]byte("a"), x...)))           // want sql-injection
	db.Query(fmt.Sprint("SELECT ", x))                    // want sql-injection
	db.Query(fmt.Sprintln("SELECT ", x))                  // want sql-injection
	db.Query(fmt.Sprintf("%s", x))                        // want sql-injection
	db.Query(fmt.Sprintf("%v", []string{x}))              // want sql-injection
	db.Query(fmt.Sprintf("%[1]s", x))                     // want sql-injection
	db.Query(fmt.Sprintf("%q", x))                        // want sql-injection
	db.Query(fmt.Sprintf("%*s", 5, x))                    // want sql-injection
	db.Query(string(fmt.Appendf(nil, "%s", x)))           // want sql-injection
	db.Query(fmt.Sprintf(x))                              // want sql-injection
	db.Query(html.UnescapeString(x))                      // want sql-injection
	db.Query(html.EscapeString(x))                        // want sql-injection
	db.Query(template.HTMLEscapeString(x))                // want sql-injection
	db.Query(url.PathEscape(x))                           // want sql-injection
	db.Query(strconv.Quote(x))                            // want sql-injection
	db.Query(unsafe.String(unsafe.StringData(x), len(x))) // want sql-injection
	u, _ := strconv.Unquote(x)
	db.Query(u)                 // want sql-injection
	db.Query(path.Join("a", x)) // want sql-injection
	db.Query(filepath.Base(x))  // want sql-injection
	_, n := utf8.DecodeRuneInString(x)
	db.Query(x[n:]) // want sql-injection
	parts := strings.Split(x, ",")
	slices.Reverse(parts)
	db.Query(base + parts[len(parts)-1] + "'") // want sql-injection
	db.Query("SELECT a FROM t WHERE b IN (" + strings.Repeat("?,", len(parts)) + "?)")
}

var words = regexp.MustCompile(`\w+`)

func expressions(db *sql.DB, r *http.Request) {
	x := r.FormValue("x")
	re := regexp.MustCompile(`name=(.*)`)
	db.Query(re.FindString(x))                                                      // want sql-injection
	db.Query(re.FindStringSubmatch(x)[1])                                           // want sql-injection
	db.Query(re.FindAllString(x, -1)[0])                                            // want sql-injection
	db.Query(re.ReplaceAllString(x, "b"))                                           // want sql-injection
	db.Query(re.ReplaceAllString("name=a", x))                                      // want sql-injection
	db.Query(re.ReplaceAllStringFunc("name=a", func(s string) string { return x })) // want sql-injection
	db.Query(re.ReplaceAllStringFunc(x, func(s string) string { return s }))        // want sql-injection
	db.Query(words.FindString(x))
	db.Query(strings.Join(words.FindAllString(x, -1), ","))
	db.Query(regexp.MustCompile(`[^a-z]`).ReplaceAllString(x, ""))
}

func numbers(db *sql.DB, r *http.Request) {
	x := r.FormValue("x")
	n, err := strconv.Atoi(x)
	if err != nil {
		return
	}
	db.Query("SELECT a FROM t WHERE b = " + strconv.Itoa(n))
	db.Query(fmt.Sprintf("SELECT a FROM t WHERE b = %d", n))
	db.Query(fmt.Sprintf("SELECT a FROM t WHERE b = %v", n))
	db.Query(fmt.Sprint("SELECT a FROM t WHERE b = ", n))
	i, _ := strconv.ParseInt(x, 10, 64)
	db.Query("SELECT a FROM t LIMIT " + strconv.FormatInt(i, 10))
	f, _ := strconv.ParseFloat(x, 64)
	db.Query("SELECT a FROM t WHERE b > " + strconv.FormatFloat(f, 'f', 2, 64))
	b, _ := strconv.ParseBool(x)
	db.Query(fmt.Sprintf("SELECT a FROM t WHERE b = %t", b))
	t, _ := time.Parse(time.RFC3339, x)
	db.Query(base + t.Format(time.RFC3339) + "'")
	d, _ := time.ParseDuration(x)
	db.Query(base + d.String() + "'")
	db.Query("SELECT a FROM t LIMIT " + strconv.Itoa(len(x)))
}

func parsedFirst(db *sql.DB, r *http.Request) {
	id := r.FormValue("id")
	if _, err := strconv.Atoi(id); err != nil {
		return
	}
	db.Query("SELECT a FROM t WHERE b = " + id)
}

func parsedButNotChecked(db *sql.DB, r *http.Request) {
	id := r.FormValue("id")
	strconv.Atoi(id)
	db.Query("SELECT a FROM t WHERE b = " + id) // want sql-injection
}

func inErrors(db *sql.DB, r *http.Request) {
	x := r.FormValue("x")
	a := fmt.Errorf("no such %s", x)
	db.Exec("INSERT INTO e VALUES ('" + a.Error() + "')") // want sql-injection
	b := fmt.Errorf("looking: %w", a)
	db.Exec("INSERT INTO e VALUES ('" + b.Error() + "')") // want sql-injection
	c := errors.Join(a, errors.New("more"))
	db.Exec("INSERT INTO e VALUES ('" + c.Error() + "')") // want sql-injection
	var d error = &failure{what: x}
	db.Exec("INSERT INTO e VALUES ('" + d.Error() + "')") // want sql-injection
	e := fmt.Errorf("no number: %d", 3)
	os.Open(e.Error())
}

type failure struct{ what string }

func (f *failure) Error() string { return "no " + f.what }

type name string

func (n name) String() string { return string(n) }

func stringer(db *sql.DB, r *http.Request) {
	n := name(r.FormValue("x"))
	db.Query(base + n.String() + "'")                           // want sql-injection
	db.Query(fmt.Sprintf("SELECT a FROM t WHERE b = '%s'", n))  // want sql-injection
	db.Query(fmt.Sprintf("SELECT a FROM t WHERE b = '%v'", &n)) // want sql-injection
}

type point struct{ x, y string }

func printed(db *sql.DB, r *http.Request) {
	p := point{y: r.FormValue("x")}
	db.Query(fmt.Sprintf("SELECT '%+v'", p)) // want sql-injection
}

// snake builds a text byte by byte.
func snake(s string) string {
	var out []byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		if i > 0 && c >= 'A' && c <= 'Z' {
			out = append(out, '_')
		}
		out = append(out, c)
	}
	return strings.ToLower(string(out))
}

func bytewise(db *sql.DB, r *http.Request) {
	db.Query("SELECT " + snake(r.FormValue("x"))) // want sql-injection
}
