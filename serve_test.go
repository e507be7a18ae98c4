package merlon_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/internal/services"
)

// serve starts site on a loopback port, which nobody else gets when it ended;
// stop ends it and returns what Serve did.
func serve(t *testing.T, site *merlon.Site, h http.Handler) (address string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", services.Port(t)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- site.Serve(ctx, l, h) }()
	stop = func() error {
		cancel()
		err := <-done
		done <- err
		return err
	}
	t.Cleanup(func() { stop() })
	return l.Addr().String(), stop
}

func overHTTP(t *testing.T, more ...string) *merlon.Site {
	return compose(t, merlon.Config{Settings: production(t, append([]string{
		"MERLON_SECURE_SSL_REDIRECT=false", "MERLON_ALLOWED_HOSTS=127.0.0.1,example.com", "MERLON_DRAIN_DELAY=0",
	}, more...)...)})
}

func TestServeLetsRequestsInFlightFinish(t *testing.T) {
	site := overHTTP(t, "MERLON_SHUTDOWN_DEADLINE=10m") // however slow the machine
	entered, release := make(chan struct{}), make(chan struct{})
	address, stop := serve(t, site, site.Protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-release
		io.WriteString(w, "whole")
	})))
	type answer struct {
		body string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		res, err := http.Get("http://" + address + "/")
		if err != nil {
			got <- answer{err: err}
			return
		}
		body, err := io.ReadAll(res.Body)
		got <- answer{string(body), err}
	}()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	// New connections are refused before the one in flight is done.
	for {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			break
		}
		conn.Close()
	}
	close(release)
	if a := <-got; a.err != nil || a.body != "whole" {
		t.Errorf("the request in flight got %q, %v", a.body, a.err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestServeGivesUpOnARequestThatDoesNotEnd(t *testing.T) {
	site := overHTTP(t, "MERLON_SHUTDOWN_DEADLINE=1s")
	entered, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	address, stop := serve(t, site, site.Protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-release
	})))
	go http.Get("http://" + address + "/")
	<-entered
	if err := stop(); err == nil || !strings.Contains(err.Error(), "still running") {
		t.Errorf("Serve = %v", err)
	}
}

// raw sends bytes as they are and returns the first line of the answer.
func raw(t *testing.T, address, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(3 * time.Minute))
	go io.WriteString(conn, request)
	answer, _ := io.ReadAll(io.LimitReader(conn, 1<<16))
	line, _, _ := strings.Cut(string(answer), "\r\n")
	return line
}

func TestServeMeetsBadInputOnTheWire(t *testing.T) {
	site := overHTTP(t)
	address, _ := serve(t, site, site.Handler())
	host := "Host: example.com\r\nConnection: close\r\n"
	for _, c := range []struct{ name, request, want string }{
		{"3 MB header", "GET / HTTP/1.1\r\n" + host + "X: " + strings.Repeat("a", 3<<20) + "\r\n\r\n", "431"},
		{"100 MB body", "POST / HTTP/1.1\r\n" + host + "Content-Length: 104857600\r\n\r\n", "413"},
		{"two Host headers", "GET / HTTP/1.1\r\n" + host + "Host: evil.example\r\n\r\n", "400"},
		{"no Host header", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "400"},
		{"unknown host", "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", "400"},
		{"absolute URI of another host", "GET http://evil.example/ HTTP/1.1\r\n" + host + "\r\n", "400"},
		{"malformed cookies", "GET / HTTP/1.1\r\n" + host + "Cookie: ;;=;__Host-session;__Host-session=\"x\";\xff=\xff; =; __Host-csrftoken=%%%\r\n\r\n", "200"},
		{"NUL in the path", "GET /a%00b HTTP/1.1\r\n" + host + "\r\n", "400"},
		{"101 header fields", "GET / HTTP/1.1\r\n" + host + fields(101) + "\r\n", "431"},
		{"TRACE", "TRACE / HTTP/1.1\r\n" + host + "\r\n", "405"},
		{"both lengths", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "403"},
		{"signed length", "POST / HTTP/1.1\r\n" + host + "Content-Length: +3\r\n\r\nabc", "400"},
		{"two lengths", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "400"},
		{"hex chunk", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", "4"},
		{"space before the colon", "GET / HTTP/1.1\r\n" + host + "X : a\r\n\r\n", "400"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if line := raw(t, address, c.request); !strings.HasPrefix(line, "HTTP/1.1 "+c.want) {
				t.Errorf("answer = %q, want status %s", line, c.want)
			}
		})
	}
	if line := raw(t, address, "GET / HTTP/1.1\r\n"+host+"\r\n"); !strings.HasPrefix(line, "HTTP/1.1 200") {
		t.Errorf("after all that, a good request got %q", line)
	}
}

func fields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "X-%d: a\r\n", i)
	}
	return b.String()
}
