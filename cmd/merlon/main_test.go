package main

import (
	"context"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/merlon-go/merlon/internal/services"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"merlon": main})
}

// goodKey is 32 random bytes, as `merlon secret generate` would make.
const goodKey = "hR7mQ0vZ3kXw9TfB2nLdYc5sJpA8eGuI1oVx6KzNq4M"

// TestScripts runs the program as people type it. Scripts begin with $KEY, a
// good key, $MERLON, the program's path, $GOCACHE, the cache of the go command,
// and $PORT and $ADMIN_PORT, where nobody listens; their own commands are
//
//	get URL [HEADER…]   GET, retried until somebody listens: status, headers and body to stdout
//	guess ORIGIN EMAIL PASSWORD   sign in as a browser behind the trusted proxy would
//	post URL TYPE FILE  POST the file as that media type: status and headers to stdout
//	occupy PORT         listen on the port until the script ends
//	mode FILE MODE      the file's permissions are MODE
//	sub FILE OLD NEW    replace text in a file
//	rogue KIND          a server that misbehaves at $ROGUE, and $ROGUE_PORT; see rogue_test.go
//	asked WORD…         a request to it had all the words
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("KEY", goodKey)
			program, err := exec.LookPath("merlon")
			if err != nil {
				return err
			}
			e.Setenv("MERLON", program)
			cache, err := exec.Command("go", "env", "GOCACHE").Output()
			if err != nil {
				return err
			}
			e.Setenv("GOCACHE", strings.TrimSpace(string(cache)))
			for _, name := range []string{"PORT", "ADMIN_PORT"} {
				e.Setenv(name, strconv.Itoa(services.Port(t)))
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"get": get, "post": post, "guess": guess, "occupy": occupy, "mode": mode, "sub": sub, "rogue": rogue, "asked": asked,
		},
	})
}

func get(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: get URL [HEADER…]")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, args[0], nil)
		ts.Check(err)
		for _, h := range args[1:] {
			key, value, _ := strings.Cut(h, ": ")
			if r.Header.Set(key, value); key == "Host" {
				r.Host = value
			}
		}
		response, err := client.Do(r)
		if err == nil {
			body, err := io.ReadAll(response.Body)
			ts.Check(err)
			response.Body.Close()
			var b strings.Builder
			fmt.Fprintf(&b, "%s\n", response.Status)
			ts.Check(response.Header.Write(&b))
			fmt.Fprintf(ts.Stdout(), "%s\n%s\n", b.String(), body)
			if bad := response.StatusCode >= 400; bad != neg {
				ts.Fatalf("%s", response.Status)
			}
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			ts.Fatalf("nobody answers: %v", err)
		}
	}
}

var tokenField = regexp.MustCompile(`name="?csrf_token"? value="?([^"> ]+)`)

// guess signs in from 203.0.113.7, by way of the form.
func guess(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: guess ORIGIN EMAIL PASSWORD")
	}
	send := func(method, body, cookie string) *http.Response {
		r, err := http.NewRequest(method, args[0]+"/account/login", strings.NewReader(body))
		ts.Check(err)
		r.Host = "www.example.com"
		for key, value := range map[string]string{"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "Origin": "https://www.example.com",
			"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie} {
			r.Header.Set(key, value)
		}
		response, err := http.DefaultTransport.RoundTrip(r)
		ts.Check(err)
		return response
	}
	page := send(http.MethodGet, "", "")
	text, err := io.ReadAll(page.Body)
	ts.Check(err)
	page.Body.Close()
	m := tokenField.FindSubmatch(text)
	if m == nil || len(page.Cookies()) == 0 {
		ts.Fatalf("no form at /account/login: %s", text)
	}
	form := url.Values{"csrf_token": {html.UnescapeString(string(m[1]))}, "email": {args[1]}, "password": {args[2]}}
	cookie := page.Cookies()[0]
	answer := send(http.MethodPost, form.Encode(), cookie.Name+"="+cookie.Value)
	answer.Body.Close()
	fmt.Fprintln(ts.Stdout(), answer.Status)
	if answer.StatusCode == http.StatusForbidden {
		ts.Fatalf("the form was refused as forged")
	}
}

func post(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: post URL TYPE FILE")
	}
	response, err := http.Post(args[0], args[1], strings.NewReader(ts.ReadFile(args[2])))
	ts.Check(err)
	response.Body.Close()
	fmt.Fprintf(ts.Stdout(), "%s\n", response.Status)
	ts.Check(response.Header.Write(ts.Stdout()))
	if bad := response.StatusCode >= 400; bad != neg {
		ts.Fatalf("%s", response.Status)
	}
}

func occupy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: occupy PORT")
	}
	l, err := net.Listen("tcp", "127.0.0.1:"+args[0])
	ts.Check(err)
	ts.Defer(func() { l.Close() })
}

func mode(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: mode FILE MODE")
	}
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); (got == args[1]) == neg {
		ts.Fatalf("%s has mode %s", args[0], got)
	}
}

func sub(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: sub FILE OLD NEW")
	}
	name := ts.MkAbs(args[0])
	text, err := os.ReadFile(name)
	ts.Check(err)
	ts.Check(os.WriteFile(name, []byte(strings.ReplaceAll(string(text), args[1], args[2])), 0o600))
}

// TestMainIsShort: what the program does belongs in packages.
func TestMainIsShort(t *testing.T) {
	text, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(regexp.MustCompile(`\n`).FindAll(text, -1)); n > 20 {
		t.Errorf("main.go has %d lines", n)
	}
}
