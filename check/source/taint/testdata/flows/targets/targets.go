// Package targets is where values do harm.
package targets

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	text "text/template"
)

func plain(w http.ResponseWriter, r *http.Request) {
	x := r.FormValue("x")
	fmt.Fprintf(w, "<b>%s</b>", x)   // want xss-response
	fmt.Fprint(w, x)                 // want xss-response
	fmt.Fprintln(w, "hello", x)      // want xss-response
	w.Write([]byte("hello " + x))    // want xss-response
	io.WriteString(w, x)             // want xss-response
	io.Copy(w, r.Body)               // want xss-response
	io.Copy(w, strings.NewReader(x)) // want xss-response
	bw := bufio.NewWriter(w)
	bw.WriteString(x) // want xss-response
	gz := gzip.NewWriter(w)
	gz.Write([]byte(x)) // want xss-response
	fmt.Fprintf(w, "%d", len(x))
	fmt.Fprintf(w, "%q", x) // want xss-response
	fmt.Fprint(w, template.HTMLEscapeString(x))
	fmt.Fprint(w, r.URL.Path)    // want xss-response
	fmt.Fprint(w, r.Header["X"]) // want xss-response
	http.Error(w, "no "+x, 400)
	var b strings.Builder
	b.WriteString("<p>")
	b.WriteString(x)
	w.Write([]byte(b.String())) // want xss-response
}

func typed(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprint(w, r.FormValue("x"))
}

func asJSON(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]string{"x": r.FormValue("x")})
	fmt.Fprintf(w, `{"x": %q}`, r.FormValue("x"))
}

func typedHTML(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprint(w, r.FormValue("x")) // want xss-response
}

func page(w http.ResponseWriter, s string) {
	fmt.Fprintf(w, "<html>%s</html>", s) // want xss-response
}

func callsPage(w http.ResponseWriter, r *http.Request) { page(w, r.FormValue("x")) }

type writer struct{ w http.ResponseWriter }

func (p writer) show(s string) { io.WriteString(p.w, s) } // want xss-response

func callsWriter(w http.ResponseWriter, r *http.Request) { writer{w}.show(r.FormValue("x")) }

func toWriter(w io.Writer, s string) { fmt.Fprint(w, s) } // want xss-response

func callsToWriter(w http.ResponseWriter, r *http.Request) { toWriter(w, r.FormValue("x")) }

func toFile(r *http.Request) { toWriter(os.Stdout, r.FormValue("x")) }

var tmpl = template.Must(template.New("a").Parse("<b>{{.}}</b>"))

func templates(w http.ResponseWriter, r *http.Request) {
	x := r.FormValue("x")
	tmpl.Execute(w, x)
	tmpl.Execute(w, template.HTML(x))        // want template-html
	tmpl.Execute(w, template.JS("f("+x+")")) // want template-html
	tmpl.Execute(w, template.URL(x))         // want template-html
	tmpl.Execute(w, template.HTMLAttr(x))    // want template-html
	tmpl.Execute(w, template.CSS(x))         // want template-html
	tmpl.Execute(w, map[string]any{"a": template.HTML("<b>" + template.HTMLEscapeString(x) + "</b>")})
	text.Must(text.New("a").Parse("<b>{{.}}</b>")).Execute(w, x) // want xss-response
	template.New("a").Parse(x)                                   // want template-injection
	text.New("a").Parse("<b>" + x + "</b>")                      // want template-injection
	template.New("a").Funcs(template.FuncMap{"raw": func(s string) template.HTML {
		return template.HTML(s) // want template-html:medium
	}})
}

func commands(r *http.Request) {
	x := r.FormValue("x")
	exec.Command(x).Run()                                      // want command-injection
	exec.Command("sh", "-c", "ls "+x).Run()                    // want command-injection
	exec.Command("bash", "-c", fmt.Sprintf("ls %s", x)).Run()  // want command-injection
	exec.CommandContext(r.Context(), "/bin/sh", "-c", x).Run() // want command-injection
	exec.Command("ls", x).Run()                                // want command-injection:medium
	exec.Command("ls", "--", x).Run()                          // want command-injection:medium
	exec.Command("ls", "/srv/"+strconv.Itoa(len(x))).Run()
	run := exec.Command
	run("sh", "-c", x).Run()     // want command-injection
	command("sh", "-c", x)       // want command-injection
	os.StartProcess(x, nil, nil) // want command-injection
	name := "ls"
	if r.Method == "POST" {
		name = "cat"
	}
	exec.Command(name).Run()
}

var command = exec.Command

func files(w http.ResponseWriter, r *http.Request) {
	x := r.FormValue("x")
	os.Open(x)                       // want path-traversal
	os.ReadFile("/srv/" + x)         // want path-traversal
	os.WriteFile(x, nil, 0o600)      // want path-traversal
	os.Remove(x)                     // want path-traversal
	os.MkdirAll(x, 0o700)            // want path-traversal
	os.Rename("a", x)                // want path-traversal
	http.ServeFile(w, r, "/srv/"+x)  // want path-traversal
	os.Create("/srv/" + r.URL.Path)  // want path-traversal
	template.ParseFiles("/srv/" + x) // want path-traversal
	os.DirFS(x)                      // want path-traversal
}

func requests(r *http.Request) {
	x := r.FormValue("x")
	http.Post(x, "text/plain", nil) // want ssrf
	http.Head(x)                    // want ssrf
	c := &http.Client{}
	c.Get(x) // want ssrf
	req, _ := http.NewRequest("GET", x, nil)
	c.Do(req) // want ssrf
	req2, _ := http.NewRequestWithContext(context.Background(), "GET", x, nil)
	c.Do(req2)                                           // want ssrf
	net.Dial("tcp", x)                                   // want ssrf
	net.DialTimeout("tcp", net.JoinHostPort(x, "80"), 0) // want ssrf
	u, _ := url.Parse(x)
	httputil.NewSingleHostReverseProxy(u) // want ssrf
	c.Do(&http.Request{URL: u})           // want ssrf
	req3 := &http.Request{Method: "GET"}
	req3.URL = &url.URL{Scheme: "https", Host: x, Path: "/"}
	c.Do(req3) // want ssrf
	http.Get((&url.URL{Scheme: "https", Host: "example.com", Path: x}).String())
	http.Get((&url.URL{Scheme: "https", Host: x}).String()) // want ssrf
	j, _ := url.JoinPath("https://example.com", x)
	http.Get(j)
	k, _ := url.JoinPath(x, "a")
	http.Get(k) // want ssrf
	base, _ := url.Parse("https://example.com/")
	ref, _ := base.Parse(x)
	http.Get(ref.String()) // want ssrf
	q := base.Query()
	q.Set("q", x)
	base.RawQuery = q.Encode()
	http.Get(base.String())
}

func logs(r *http.Request) {
	x := r.FormValue("x")
	log.Println("user", x)   // want log-injection
	log.Printf("user %s", x) // want log-injection
	log.Printf("user %q", x)
	log.Print("user ", strconv.Quote(x))
	log.Printf("user %s", strings.ReplaceAll(x, "\n", ""))
	log.Printf("user %s", strings.NewReplacer("\n", "", "\r", "").Replace(x))
	log.Printf("user %d", len(x))
	slog.Info("user " + x) // want log-injection
	slog.Info("user", "name", x)
	log.New(os.Stderr, "", 0).Println(x) // want log-injection
	if strings.ContainsAny(x, "\r\n") {
		return
	}
	log.Println("user", x)
}

func headers(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Name", r.FormValue("x"))
	http.SetCookie(w, &http.Cookie{Name: "a", Value: r.FormValue("x")})
}

func allocation(r *http.Request) {
	n, _ := strconv.Atoi(r.FormValue("n"))
	_ = make([]byte, n) // want allocation-size
	if n > 100 {
		return
	}
	_ = make([]byte, n)
}
