// Package streams reads and writes values.
package streams

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/csv"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"text/template"
)

const base = "SELECT a FROM t WHERE b = '"

func builder(db *sql.DB, r *http.Request) {
	var b strings.Builder
	b.WriteString(base)
	b.WriteString(r.FormValue("x"))
	b.WriteByte('\'')
	db.Query(b.String()) // want sql-injection
}

func builderByHelper(db *sql.DB, r *http.Request) {
	var b strings.Builder
	put(&b, r.FormValue("x"))
	db.Query(b.String()) // want sql-injection
}

func put(b *strings.Builder, s string) { fmt.Fprintf(b, "SELECT a FROM t WHERE b = '%s'", s) }

func buffer(db *sql.DB, r *http.Request) {
	buf := bytes.NewBufferString("SELECT ")
	fmt.Fprintf(buf, "%s FROM t", r.FormValue("x"))
	db.Query(buf.String()) // want sql-injection
}

func writerInterface(db *sql.DB, r *http.Request) {
	var buf bytes.Buffer
	writeTo(&buf, r.FormValue("x"))
	db.Query(buf.String()) // want sql-injection
}

func writeTo(w io.Writer, s string) { io.WriteString(w, s) }

func body(db *sql.DB, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	db.Query(string(b)) // want sql-injection
}

func limited(db *sql.DB, w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(io.LimitReader(http.MaxBytesReader(w, r.Body, 1000), 100))
	db.Query(string(b)) // want sql-injection
}

func teed(db *sql.DB, r *http.Request) {
	var copied bytes.Buffer
	b, _ := io.ReadAll(io.TeeReader(r.Body, &copied))
	db.Query(string(b))       // want sql-injection
	db.Query(copied.String()) // want sql-injection
}

func joined(db *sql.DB, r *http.Request) {
	b, _ := io.ReadAll(io.MultiReader(strings.NewReader("a"), r.Body))
	db.Query(string(b)) // want sql-injection
}

func copied(db *sql.DB, r *http.Request) {
	var buf bytes.Buffer
	io.Copy(&buf, r.Body)
	db.Query(buf.String()) // want sql-injection
	var other bytes.Buffer
	other.ReadFrom(r.Body)
	db.Query(other.String()) // want sql-injection
}

func piped(db *sql.DB, r *http.Request) {
	pr, pw := io.Pipe()
	go func() {
		io.Copy(pw, r.Body)
		pw.Close()
	}()
	b, _ := io.ReadAll(pr)
	db.Query(string(b)) // want sql-injection
}

func scanned(db *sql.DB, r *http.Request) {
	s := bufio.NewScanner(r.Body)
	for s.Scan() {
		db.Query(s.Text()) // want sql-injection
	}
	line, _ := bufio.NewReader(r.Body).ReadString('\n')
	db.Query(line) // want sql-injection
}

func readInto(db *sql.DB, r *http.Request) {
	buf := make([]byte, 100)
	n, _ := r.Body.Read(buf)
	db.Query(string(buf[:n])) // want sql-injection
	io.ReadFull(r.Body, buf)
	db.Query(string(buf)) // want sql-injection
}

func scans(db *sql.DB, r *http.Request) {
	var name string
	var id int
	fmt.Sscanf(r.FormValue("x"), "%s %d", &name, &id)
	db.Query(base + name + "'") // want sql-injection
	db.Query(fmt.Sprintf("SELECT a FROM t WHERE b = %d", id))
	fmt.Fscan(r.Body, &name)
	db.Query(base + name + "'") // want sql-injection
}

type inner struct {
	City string `json:"city"`
	Size int    `json:"size"`
}

type payload struct {
	Name  string            `json:"name"`
	ID    int64             `json:"id"`
	Tags  []string          `json:"tags"`
	Place inner             `json:"place"`
	Other *inner            `json:"other"`
	Meta  map[string]string `json:"meta"`
	Any   any               `json:"any"`
}

func decoded(db *sql.DB, r *http.Request) {
	var p payload
	if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
		return
	}
	db.Query(base + p.Name + "'")         // want sql-injection
	db.Query(base + p.Place.City + "'")   // want sql-injection
	db.Query(base + p.Other.City + "'")   // want sql-injection
	db.Query(base + p.Tags[0] + "'")      // want sql-injection
	db.Query(base + p.Meta["a"] + "'")    // want sql-injection
	db.Query(base + p.Any.(string) + "'") // want sql-injection
	db.Query(fmt.Sprintf("SELECT a FROM t WHERE b = %d AND c = %d", p.ID, p.Place.Size))
	db.Query(fmt.Sprintf("SELECT a FROM t WHERE b = %v", p.ID))
}

func unmarshalled(db *sql.DB, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	p := new(payload)
	json.Unmarshal(b, p)
	db.Query(base + p.Name + "'") // want sql-injection
	var m map[string]any
	json.Unmarshal(b, &m)
	db.Query(fmt.Sprintf("SELECT a FROM t WHERE b = '%v'", m["x"])) // want sql-injection
	var list []payload
	json.Unmarshal(b, &list)
	for _, one := range list {
		db.Query(base + one.Name + "'") // want sql-injection
	}
}

func decode[T any](r *http.Request) (T, error) {
	var v T
	err := json.NewDecoder(r.Body).Decode(&v)
	return v, err
}

func decodedGenerically(db *sql.DB, r *http.Request) {
	p, err := decode[payload](r)
	if err != nil {
		return
	}
	db.Query(base + p.Name + "'") // want sql-injection
}

func decodeInto(r *http.Request, v any) error { return json.NewDecoder(r.Body).Decode(v) }

func decodedByHelper(db *sql.DB, r *http.Request) {
	var p payload
	decodeInto(r, &p)
	db.Query(base + p.Name + "'") // want sql-injection
}

func otherFormats(db *sql.DB, r *http.Request) {
	var p payload
	xml.NewDecoder(r.Body).Decode(&p) // want unsafe-deserialization:medium
	db.Query(base + p.Name + "'")     // want sql-injection
	var q payload
	gob.NewDecoder(r.Body).Decode(&q) // want unsafe-deserialization
	db.Query(base + q.Name + "'")     // want sql-injection
	rows, _ := csv.NewReader(r.Body).ReadAll()
	db.Query(base + rows[0][1] + "'") // want sql-injection
	record, _ := csv.NewReader(r.Body).Read()
	db.Query(base + record[0] + "'") // want sql-injection
	var n uint32
	binary.Read(r.Body, binary.BigEndian, &n)
	db.Query(fmt.Sprintf("SELECT a FROM t LIMIT %d", n))
}

func encodings(db *sql.DB, r *http.Request) {
	a, _ := base64.StdEncoding.DecodeString(r.FormValue("x"))
	db.Query(base + string(a) + "'") // want sql-injection
	b, _ := hex.DecodeString(r.FormValue("x"))
	db.Query(base + string(b) + "'") // want sql-injection
	c, _ := url.QueryUnescape(r.FormValue("x"))
	db.Query(base + c + "'") // want sql-injection
	d, _ := io.ReadAll(base64.NewDecoder(base64.StdEncoding, r.Body))
	db.Query(base + string(d) + "'") // want sql-injection
	zr, _ := gzip.NewReader(r.Body)
	e, _ := io.ReadAll(zr)           // want decompression-bomb
	db.Query(base + string(e) + "'") // want sql-injection
	db.Query(base + base64.StdEncoding.EncodeToString(a) + "'")
	db.Query(base + hex.EncodeToString(a) + "'")
	f, _ := json.Marshal(map[string]string{"a": r.FormValue("x")})
	db.Query(base + string(f) + "'") // want sql-injection
}

func forms(db *sql.DB, r *http.Request) {
	r.ParseForm()
	db.Query(base + r.Form.Get("x") + "'")      // want sql-injection
	db.Query(base + r.PostForm["x"][0] + "'")   // want sql-injection
	db.Query(base + r.PostFormValue("x") + "'") // want sql-injection
	db.Query(base + r.PathValue("x") + "'")     // want sql-injection
	db.Query(base + r.URL.Path + "'")           // want sql-injection
	db.Query(base + r.URL.RawQuery + "'")       // want sql-injection
	db.Query(base + r.Header.Get("X-A") + "'")  // want sql-injection
	db.Query(base + r.UserAgent() + "'")        // want sql-injection
	db.Query(base + r.Referer() + "'")          // want sql-injection
	db.Query(base + r.Host + "'")               // want sql-injection
	for k, v := range r.URL.Query() {
		db.Query("SELECT " + k)                   // want sql-injection
		db.Query("SELECT " + strings.Join(v, "")) // want sql-injection
	}
	if c, err := r.Cookie("x"); err == nil {
		db.Query(base + c.Value + "'") // want sql-injection
	}
	for _, c := range r.Cookies() {
		db.Query(base + c.Value + "'") // want sql-injection
	}
	user, pass, _ := r.BasicAuth()
	db.Query(base + user + "'") // want sql-injection
	db.Query(base + pass + "'") // want sql-injection
	v, _ := url.ParseQuery(r.URL.RawQuery)
	db.Query(base + v.Get("x") + "'") // want sql-injection
	u, _ := url.Parse(r.FormValue("u"))
	db.Query(base + u.Path + "'") // want sql-injection
	dump, _ := httputil.DumpRequest(r, true)
	db.Query(base + string(dump) + "'") // want sql-injection
	os.Open(r.Method)
}

func multi(db *sql.DB, r *http.Request) {
	r.ParseMultipartForm(1 << 20)
	db.Query(base + r.MultipartForm.Value["x"][0] + "'") // want sql-injection
	f, h, _ := r.FormFile("f")
	db.Query(base + h.Filename + "'") // want sql-injection
	b, _ := io.ReadAll(f)
	db.Query(base + string(b) + "'") // want sql-injection
	mr, _ := r.MultipartReader()
	for {
		p, err := mr.NextPart()
		if err != nil {
			break
		}
		os.Create("/tmp/" + p.FileName())   // want path-traversal
		db.Query(base + p.FormName() + "'") // want sql-injection
	}
	for _, list := range r.MultipartForm.File {
		for _, one := range list {
			db.Query(base + one.Filename + "'") // want sql-injection
		}
	}
}

func upload(h *multipart.FileHeader) { os.Create("/tmp/" + h.Filename) } // want path-traversal

func media(db *sql.DB, r *http.Request) {
	_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	db.Query(base + params["boundary"] + "'") // want sql-injection
}

func templated(db *sql.DB, r *http.Request) {
	t := template.Must(template.New("q").Parse("SELECT a FROM t WHERE b = '{{.}}'"))
	var b strings.Builder
	t.Execute(&b, r.FormValue("x"))
	db.Query(b.String()) // want sql-injection
}

func command(r *http.Request) {
	cmd := exec.Command("sh")
	cmd.Stdin = strings.NewReader(r.FormValue("x"))
	cmd.Run()
	args := []string{"-c"}
	args = append(args, r.FormValue("x"))
	exec.CommandContext(context.Background(), "sh", args...).Run()                    // want command-injection
	other := &exec.Cmd{Path: "/bin/sh", Args: []string{"sh", "-c", r.FormValue("x")}} // want command-injection
	other.Run()
}

type request struct {
	http *http.Request
	body []byte
}

func (q *request) read() error {
	b, err := io.ReadAll(q.http.Body)
	q.body = b
	return err
}

func wrapped(db *sql.DB, r *http.Request) {
	q := &request{http: r}
	q.read()
	db.Query(string(q.body)) // want sql-injection
}

func scanner(db *sql.DB, rd io.Reader) {
	s := bufio.NewScanner(rd)
	for s.Scan() {
		db.Query(s.Text()) // want sql-injection
	}
}

func callsScanner(db *sql.DB, r *http.Request) { scanner(db, r.Body) }

var pool = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func pooled(db *sql.DB, r *http.Request) {
	b := pool.Get().(*bytes.Buffer)
	defer pool.Put(b)
	b.Reset()
	b.WriteString(r.FormValue("x"))
	db.Query(b.String()) // want sql-injection
}

func pooledLater(db *sql.DB) {
	b := pool.Get().(*bytes.Buffer)
	defer pool.Put(b)
	b.Reset()
	b.WriteString(base)
	db.Query(b.String())
}

func waiting(r *http.Request) {
	in := bufio.NewReader(r.Body)
	_ = make([]byte, in.Buffered()) // there already
	_ = make([]byte, 0, bytes.NewBufferString(r.FormValue("x")).Len())
}

func printedURL(r *http.Request) {
	u, _ := url.Parse(r.FormValue("u"))
	log.Printf("to %s", u) // its String escapes ends of lines
	log.Println("to", u)
	log.Println("to", u.Path) // want log-injection
}

var viaProxy = http.Transport{Proxy: func(r *http.Request) (*url.URL, error) {
	os.Open(r.URL.Path) // of a request on its way out
	return http.ProxyFromEnvironment(r)
}}
