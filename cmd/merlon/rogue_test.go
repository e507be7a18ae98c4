package main

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// rogue starts a server that misbehaves as the word says, at $ROGUE until the
// next one or the end of the script. What it is asked is appended to asked.txt.
func rogue(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: rogue KIND")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	ts.Setenv("ROGUE", l.Addr().String())
	ts.Setenv("ROGUE_PORT", fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
	if raw := rogueConns[args[0]]; raw != nil {
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() { defer c.Close(); raw(c) }()
			}
		}()
		return
	}
	h := rogueSites[args[0]]
	switch args[0] {
	case "mendable":
		h = mendable()
	case "bomb":
		member() // packing takes longer than an answer may
	}
	if h == nil {
		ts.Fatalf("no rogue of the kind %s", args[0])
	}
	file, err := os.OpenFile(ts.MkAbs("asked.txt"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	ts.Check(err)
	ts.Defer(func() { file.Close() })
	var mu sync.Mutex
	server := &http.Server{ReadHeaderTimeout: 10 * time.Minute, ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		fmt.Fprintf(file, "%s %s body=%d agent=%s authorization=%t origin=%s\n", r.Method, r.RequestURI, r.ContentLength, r.UserAgent(), r.Header.Get("Authorization") != "", r.Header.Get("Origin"))
		mu.Unlock()
		h(w, r)
	})}
	ts.Defer(func() { server.Close() })
	if args[0] != "certificate" {
		go func() { _ = server.Serve(l) }()
		return
	}
	pair := selfSigned(ts)
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	go func() { _ = server.ServeTLS(l, "", "") }()
}

// selfSigned makes a certificate for 127.0.0.1 that vouches for itself, and
// writes it to ca.pem.
func selfSigned(ts *testscript.TestScript) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// hear reads the question: a server that speaks before it is asked, or that
// leaves something unread, is another fault.
func hear(c net.Conn) { _, _ = c.Read(make([]byte, 4096)) }

// rogueConns do not speak HTTP, or not to an end.
var rogueConns = map[string]func(net.Conn){
	"silent": func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
	"slow": func(c net.Conn) { // slow loris, the other way round
		hear(c)
		for _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nX-Slow: "); err == nil; _, err = io.WriteString(c, "a") {
			time.Sleep(100 * time.Millisecond)
		}
	},
	"garbage": func(c net.Conn) {
		hear(c)
		_, _ = io.WriteString(c, "\x00\x01\x02 220 smtp ready\x1b[2J\r\n\r\n")
	},
	"eager": func(c net.Conn) { _, _ = io.WriteString(c, "220 smtp ready\r\n") },
	"reset": func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) },
	"banner": func(c net.Conn) {
		hear(c)
		_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\n")
		for ; err == nil; _, err = io.WriteString(c, "X-A: "+strings.Repeat("a", 1000)+"\r\n") {
		}
	},
}

func showPage(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	io.WriteString(w, "<!doctype html><title>x</title>"+text)
}

// rogueSites speak HTTP.
var rogueSites = map[string]http.HandlerFunc{
	"weak":        func(w http.ResponseWriter, _ *http.Request) { showPage(w, "weak") },
	"certificate": func(w http.ResponseWriter, _ *http.Request) { showPage(w, "weak") },
	"endless": func(w http.ResponseWriter, _ *http.Request) {
		showPage(w, "")
		block := bytes.Repeat([]byte("<p>endless "), 4096)
		for {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	},
	"bomb": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		for range 640 { // one member after the other: 10 GB
			if _, err := w.Write(member()); err != nil {
				return
			}
		}
	},
	"loop": func(w http.ResponseWriter, r *http.Request) {
		next := "/a"
		if r.URL.Path == "/a" {
			next = "/b"
		}
		http.Redirect(w, r, next, http.StatusFound)
	},
	"spiral": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, strings.TrimSuffix(r.URL.Path, "/")+"/again", http.StatusFound)
	},
	"away": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
	},
	"metadata": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/latest/", http.StatusFound)
	},
	"deep": func(w http.ResponseWriter, _ *http.Request) { showPage(w, strings.Repeat("<div><form><b>", 100_000)) },
	"terminal": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "sid\u009b2J=canary; Path=/")
		w.Header()["Server"] = []string{"x/1.0\t\u202e\u009b2J"}
		showPage(w, "<form method=post action='http://127.0.0.1/\x1b]0;owned\x07'><input type=password></form>")
	},
	"limited": func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTooManyRequests)
	},
}

// member is 16 MiB of nothing, packed.
var member = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for range 16 {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	_ = z.Close()
	return b.Bytes()
})

// mendable has one fault less once /mend was asked for.
func mendable() http.HandlerFunc {
	var mended atomic.Bool
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/mend" {
			mended.Store(true)
		}
		if mended.Load() {
			w.Header().Set("X-Content-Type-Options", "nosniff")
		}
		showPage(w, "weak")
	}
}

// asked checks that a line of asked.txt has all the words, or with ! that none has.
func asked(ts *testscript.TestScript, neg bool, args []string) {
	for line := range strings.Lines(ts.ReadFile("asked.txt")) {
		if !slices.ContainsFunc(args, func(word string) bool { return !strings.Contains(line, word) }) {
			if neg {
				ts.Fatalf("asked: %s", line)
			}
			return
		}
	}
	if !neg {
		ts.Fatalf("never asked with %q", args)
	}
}
