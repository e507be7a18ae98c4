package commands_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/internal/commands"
	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/manage"
)

// patient scans take what time a slow machine needs.
var patient = []string{"--timeout", "30m", "--request-timeout", "10m"}

// run runs a command as people type it.
func run(t *testing.T, dir string, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := &manage.Env{Args: args, Dir: dir, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Now: time.Now, Rand: rand.Reader}
	code = manage.Run(t.Context(), commands.App(), env)
	return code, stdout.String(), stderr.String()
}

// certificate makes one for 127.0.0.1 that vouches for itself, and writes it
// to dir/ca.pem.
func certificate(t *testing.T, dir string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// produce runs `merlon serve` with the settings of a production site behind a
// server that ends TLS, as a proxy in front of it would, and returns the ports
// of https and http.
func produce(t *testing.T, dir string, more ...string) (https, plain string) {
	t.Helper()
	listen := func() (net.Listener, string) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(l.Addr().String())
		return l, port
	}
	secure, https := listen()
	open, plain := listen()
	ctx, stop := context.WithCancel(context.Background())
	listening, ended := make(chan string, 1), make(chan int, 1)
	var stderr bytes.Buffer
	env := &manage.Env{
		Args: []string{"serve", "--listen", "127.0.0.1:0"}, Dir: dir, Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &stderr, Now: time.Now, Rand: rand.Reader,
		Environ: append([]string{
			"MERLON_SECRET_KEY=Zx8-3kQmT1vW6yR0bN5cJ7hL2pD9sF4gA_eUiOaXwVq", "MERLON_ALLOWED_HOSTS=127.0.0.1", "MERLON_PUBLIC_URL=https://127.0.0.1:" + https,
			"MERLON_SECURE_SSL_HOST=127.0.0.1:" + https, "MERLON_TRUSTED_PROXIES=loopback", "MERLON_DRAIN_DELAY=0",
			"MERLON_SECURE_HSTS_SECONDS=31536000", "MERLON_SECURE_HSTS_INCLUDE_SUBDOMAINS=true", "MERLON_SECURE_HSTS_PRELOAD=true",
			"MERLON_EMAIL_URL=file://" + filepath.Join(dir, "mail"), "MERLON_EMAIL_FROM=site@example.com",
		}, more...),
		Listen: func(network, address string) (net.Listener, error) {
			l, err := net.Listen(network, address)
			if err == nil {
				listening <- l.Addr().String()
			}
			return l, err
		},
	}
	go func() { ended <- manage.Run(ctx, commands.App(), env) }()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != 0 {
			t.Errorf("serve ended with %d: %s", code, &stderr)
		}
	})
	var upstream string
	select {
	case upstream = <-listening:
	case code := <-ended:
		ended <- code
		t.Fatalf("serve ended with %d: %s", code, &stderr)
	}
	front := func(scheme string) *http.Server {
		return &http.Server{ReadHeaderTimeout: 10 * time.Minute, ErrorLog: log.New(io.Discard, "", 0), Handler: &httputil.ReverseProxy{
			Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(&url.URL{Scheme: "http", Host: upstream})
				r.Out.Host = r.In.Host
				r.SetXForwarded()
				r.Out.Header.Set("X-Forwarded-Proto", scheme)
			},
			ErrorLog: log.New(io.Discard, "", 0),
		}}
	}
	tlsFront, plainFront := front("https"), front("http")
	tlsFront.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate(t, dir)}, MinVersion: tls.VersionTLS13}
	go func() { _ = tlsFront.ServeTLS(secure, "", "") }()
	go func() { _ = plainFront.Serve(open) }()
	t.Cleanup(func() { tlsFront.Close(); plainFront.Close() })
	return https, plain
}

// TestOurOwnSiteGetsTheBestGrade scans `merlon serve`, set up for production.
func TestOurOwnSiteGetsTheBestGrade(t *testing.T) {
	dir := t.TempDir()
	https, plain := produce(t, dir)
	scan := []string{"scan", "https://127.0.0.1:" + https + "/", "--allow-private", "--ca-file", "ca.pem", "--http-port", plain, "--pause", "0", "--crawl", "5"}
	with := func(args ...string) []string { return slices.Concat(scan, patient, args) }

	code, out, errs := run(t, dir, with("--fail-under", "A+", "--verbose")...)
	if code != 0 || errs != "" || !strings.Contains(out, "grade A+") || !strings.Contains(out, "nothing that was found lowers it") {
		t.Errorf("code %d: %s%s", code, errs, out)
	}
	t.Log(out)
	if strings.Contains(out, "\x1b") {
		t.Error("colours without a terminal")
	}
	code, _, errs = run(t, dir, with("--format", "json", "--output", "before.json")...)
	if code != 0 {
		t.Fatalf("code %d: %s", code, errs)
	}
	text, err := os.ReadFile(filepath.Join(dir, "before.json"))
	if err != nil {
		t.Fatal(err)
	}
	var result struct {
		Schema, Grade string
		Observatory   struct {
			Score int
			Grade string
		}
		Pages    []string
		Findings []struct{ ID, Cap, Fingerprint string }
	}
	if err := json.Unmarshal(text, &result); err != nil {
		t.Fatal(err)
	}
	if result.Schema != "merlon-scan/1" || result.Grade != "A+" || result.Observatory.Grade != "A+" || len(result.Pages) < 2 {
		t.Errorf("%+v", result)
	}
	code, out, _ = run(t, dir, with("--compare", "before.json")...)
	if code != 0 || !strings.Contains(out, "A+ → A+") || !strings.Contains(out, fmt.Sprintf("%d findings as before", len(result.Findings))) {
		t.Errorf("code %d: %s", code, out)
	}
	code, out, _ = run(t, dir, with("--format", "sarif")...)
	if code != 0 || !strings.Contains(out, `"version": "2.1.0"`) || !strings.Contains(out, `"uri": "127.0.0.1%3A`+https) || strings.Contains(out, "merlon.toml") {
		t.Errorf("code %d: %s", code, out)
	}
	code, out, _ = run(t, dir, with("--format", "html")...)
	if code != 0 || !strings.Contains(out, `aria-label="grade A&#43;"`) || strings.Contains(out, "<script") {
		t.Errorf("code %d: %s", code, out)
	}
}

// TestNothingIsOpenOnOurOwnSite: with a contact, and with the embedder policy
// that is off because it breaks sites that embed others, no finding is left.
func TestNothingIsOpenOnOurOwnSite(t *testing.T) {
	dir := t.TempDir()
	https, plain := produce(t, dir, "MERLON_SECURITY_CONTACT=security@example.com", "MERLON_SECURE_CROSS_ORIGIN_EMBEDDER_POLICY=require-corp")
	for _, path := range []string{"/", "/account/login"} {
		scan := []string{"scan", "https://127.0.0.1:" + https + path, "--allow-private", "--ca-file", "ca.pem", "--http-port", plain, "--pause", "0", "--crawl", "20", "--fail-under", "A+"}
		code, out, errs := run(t, dir, append(scan, patient...)...)
		if code != 0 || errs != "" || !strings.Contains(out, "grade A+") || !strings.Contains(out, " 0 findings on ") {
			t.Errorf("%s: code %d: %s%s", path, code, errs, out)
		}
	}
}

// TestScanFails: what goes wrong is one line with hints, and an exit code.
func TestScanFails(t *testing.T) {
	closed := fmt.Sprintf("127.0.0.1:%d", services.Port(t))
	weak, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: 10 * time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "sessionid=canary-cookie-value; Path=/")
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<title>\x1b[2J</title>")
	})}
	go func() { _ = server.Serve(weak) }()
	t.Cleanup(func() { server.Close() })
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "other.json"), []byte(`{"schema":"other"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		errs string
	}{
		{[]string{"scan"}, 2, "URL is missing"},
		{[]string{"scan", "a.test", "b.test"}, 2, "more than one URL"},
		{[]string{"scan", "ftp://a.test"}, 2, `scheme "ftp", want https or http`},
		{[]string{"scan", "https://user:pass@a.test"}, 2, "user and password"},
		{[]string{"scan", "a.test", "--fail-under", "E"}, 2, "must be one of A+"},
		{[]string{"scan", "a.test", "--crawl", "1000"}, 2, "--crawl is 0 to 100"},
		{[]string{"scan", "a.test", "--observatory", "5"}, 2, "4 or 6"},
		{[]string{"scan", "a.test", "--timeout", "0"}, 2, "--timeout is more than 0"},
		{[]string{"scan", "a.test", "--request-timeout", "-5s"}, 2, "--request-timeout is more than 0"},
		{[]string{"scan", "a.test", "--pause", "-1s"}, 2, "--pause is 0 or more"},
		{[]string{"scan", "http://169.254.169.254", "--allow-private"}, 4, "hint: --allow-private does not lift this"},
		{[]string{"scan", "mailto:a@b.test"}, 2, `scheme "mailto"`},
		{[]string{"scan", "https://127.1"}, 2, "four numbers"},
		{[]string{"scan", "a.test:99999"}, 2, "port 99999"},
		{[]string{"scan", "a.test", "--header", "canary secret"}, 2, "header 1 is not of the form NAME: VALUE"},
		{[]string{"scan", "a.test", "--compare", "missing.json"}, 2, "the earlier result cannot be read"},
		{[]string{"scan", "a.test", "--compare", "other.json"}, 2, "not an earlier result"},
		{[]string{"scan", "a.test", "--ca-file", "other.json"}, 2, "there is no certificate"},
		{[]string{"scan", "http://" + closed}, 4, "hint: --allow-private"},
		{[]string{"scan", "http://" + closed, "--allow-private"}, 1, "hint: nothing listens there"},
		{[]string{"scan", "http://" + weak.Addr().String(), "--allow-private", "--pause", "0", "--request-timeout", "10m", "--fail-under", "d-"}, 3, "the grade is F, below D-"},
		{[]string{"scan", "http://" + weak.Addr().String(), "--allow-private", "--pause", "0", "--request-timeout", "10m"}, 0, ""},
	} {
		code, out, errs := run(t, dir, c.args...)
		if code != c.code || !strings.Contains(errs, c.errs) {
			t.Errorf("%v: code %d, want %d: %s", c.args, code, c.code, errs)
		}
		if strings.Contains(out+errs, "canary") || strings.Contains(out+errs, "\x1b") {
			t.Errorf("%v shows what it must not: %s%s", c.args, out, errs)
		}
		if c.errs == "" && errs != "" {
			t.Errorf("%v: %s", c.args, errs)
		}
	}
}
