// Command tls compares what `merlon scan` finds out about TLS with what Debian's
// testssl.sh says about the same servers, made here with openssl s_server.
//
//	apt-get install testssl.sh openssl
//	go run ./tls
//
// testssl.sh asks for one of dig, host, drill or nslookup even if it is told not
// to use them: a program named host that only fails is put first in PATH.
package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/live"
)

type server struct{ name, args string }

// servers are what is compared, as arguments of openssl s_server. $rsa, $ec and
// others stand for keys and certificates, $dh for a group.
var servers = []server{
	{"Debian's default", "$rsa"},
	{"TLS 1.3 alone, ECDSA", "$ec -tls1_3"},
	{"modern: AEAD, ECDHE", "$ec -no_tls1 -no_tls1_1 -cipher ECDHE+AESGCM:ECDHE+CHACHA20"},
	{"TLS 1.0 to 1.2, everything", "$rsa -min_protocol TLSv1 -cipher ALL:COMPLEMENTOFALL:@SECLEVEL=0"},
	{"TLS 1.2, RSA key exchange alone", "$rsa -tls1_2 -cipher kRSA:@SECLEVEL=0"},
	{"TLS 1.0, CBC alone", "$rsa -min_protocol TLSv1 -max_protocol TLSv1 -cipher AES128-SHA:ECDHE-RSA-AES128-SHA:@SECLEVEL=0"},
	{"certificate of an authority", "$good"},
	{"certificate that has expired", "$expired"},
	{"certificate for another host", "$other"},
	{"certificate signed with SHA-1", "$sha1 -cipher DEFAULT:@SECLEVEL=0"},
	{"key of 1024 bits", "$short -cipher DEFAULT:@SECLEVEL=0"},
	{"chain that is sent", "$between -cert_chain between.pem"},
	{"chain that is not sent", "$between"},
	{"certificate that asks for a staple", "$must"},
	{"TLS 1.2, small group", "$rsa -tls1_2 -dhparam $dh -cipher DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"},
}

func main() {
	testssl := flag.String("testssl", "testssl", "the program testssl.sh")
	only := flag.String("only", "", "the servers whose name holds this")
	flag.Parse()
	servers := slices.DeleteFunc(slices.Clone(servers), func(s server) bool { return !strings.Contains(s.name, *only) })
	if err := run(*testssl, servers); err != nil {
		fmt.Fprintln(os.Stderr, "tls:", err)
		os.Exit(1)
	}
}

func run(testssl string, servers []server) error {
	dir, err := os.MkdirTemp("", "merlon-tls")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "host"), []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
		return err
	}
	for _, c := range []string{
		"openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.pem -days 90 -subj /CN=site.test -addext subjectAltName=IP:127.0.0.1",
		"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ec.key -out ec.pem -days 90 -subj /CN=site.test -addext subjectAltName=IP:127.0.0.1",
		"openssl dhparam -dsaparam -out dh.pem 1024",
		"openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 90 -subj /CN=authority -addext basicConstraints=critical,CA:true",
		issued("between", "ca", "rsa:2048", "-sha256 -days 80", "basicConstraints=critical,CA:true\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid"),
		issued("good", "ca", "rsa:2048", "-sha256 -days 80", own), issued("other", "ca", "rsa:2048", "-sha256 -days 80", "subjectAltName=DNS:elsewhere.test"),
		issued("expired", "ca", "rsa:2048", "-sha256 -days -1", own), issued("sha1", "ca", "rsa:2048", "-sha1 -days 80", own), issued("short", "ca", "rsa:1024", "-sha256 -days 80", own),
		issued("below", "between", "rsa:2048", "-sha256 -days 80", own), issued("must", "ca", "rsa:2048", "-sha256 -days 80", own+"\ntlsfeature=status_request"),
	} {
		cmd := exec.Command("sh", "-c", c)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %v\n%s", c, err, out)
		}
	}
	rows := make([][]row, len(servers))
	var wg sync.WaitGroup
	var mu sync.Mutex
	turn := make(chan struct{}, 3) // testssl.sh gives up where it has to wait
	for i, s := range servers {
		wg.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			r, err := compare(dir, testssl, i, s.args)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				fmt.Fprintf(os.Stderr, "tls: %s: %v\n", s.name, err)
			}
			rows[i] = r
		})
	}
	wg.Wait()
	same, all := 0, 0
	fmt.Println("| server | answers compared | the same | different |\n|---|--:|--:|---|")
	for i, s := range servers {
		var differ []string
		for _, r := range rows[i] {
			if r.ours != r.theirs {
				differ = append(differ, fmt.Sprintf("%s: scan %s, testssl %s (%q)", r.what, r.ours, r.theirs, r.said))
			}
		}
		all += len(rows[i])
		same += len(rows[i]) - len(differ)
		fmt.Printf("| %s | %d | %d | %s |\n", s.name, len(rows[i]), len(rows[i])-len(differ), strings.Join(differ, "; "))
	}
	fmt.Printf("\n%d of %d answers are the same.\n", same, all)
	return nil
}

// own is for the address that the servers listen on.
const own = "subjectAltName=IP:127.0.0.1"

// issued is the command that makes a key and a certificate of an authority.
func issued(name, by, key, how, extensions string) string {
	return strings.NewReplacer("$name", name, "$by", by, "$key", key, "$how", how, "$ext", extensions).Replace(
		"printf '$ext\\n' > $name.ext && openssl req -newkey $key -nodes -keyout $name.key -out $name.csr -subj /CN=$name.test && " +
			"openssl x509 -req -in $name.csr -CA $by.pem -CAkey $by.key -CAcreateserial $how -extfile $name.ext -out $name.pem")
}

// A row is one answer; said is what testssl.sh wrote.
type row struct{ what, ours, theirs, said string }

func compare(dir, testssl string, i int, args string) ([]row, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 9*time.Minute)
	defer cancel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	l.Close()
	pairs := []string{"$between", "-key below.key -cert below.pem", "$dh", "dh.pem"}
	for _, name := range []string{"rsa", "ec", "good", "expired", "other", "sha1", "short", "must"} {
		pairs = append(pairs, "$"+name, "-key "+name+".key -cert "+name+".pem")
	}
	args = strings.NewReplacer(pairs...).Replace(args)
	authority, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	server := exec.CommandContext(ctx, "openssl", append([]string{"s_server", "-www", "-accept", address}, strings.Fields(args)...)...)
	server.Dir = dir
	if err := server.Start(); err != nil {
		return nil, err
	}
	defer func() { _ = server.Process.Kill(); _ = server.Wait() }()
	for range 100 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	result, err := live.Scan(ctx, "https://"+address+"/", live.Config{AllowPrivate: true, SkipFiles: true, Pause: -1, Roots: roots, Timeout: 5 * time.Minute})
	if err != nil {
		return nil, err
	}
	out := filepath.Join(dir, "out"+strconv.Itoa(i)+".json")
	cmd := exec.CommandContext(ctx, testssl, "--warnings", "off", "--nodns", "none", "--quiet", "-p", "-s", "-S", "-R", "-C", "-Z", "-4", "-W", "--add-ca", filepath.Join(dir, "ca.pem"), "--jsonfile", out, "https://"+address+"/")
	cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
	_ = cmd.Run() // its exit code counts what it dislikes
	text, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	var list []struct{ ID, Finding string }
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("testssl's answer: %w", err)
	}
	theirs := map[string]string{}
	for _, e := range list {
		theirs[e.ID] = e.Finding
	}
	return rowsOf(result, theirs), nil
}

// offered and vulnerable read what testssl.sh says.
func offered(said string) bool {
	return strings.HasPrefix(said, "offered") || strings.HasPrefix(said, "yes")
}

func vulnerable(said string) bool {
	return said != "" && !strings.HasPrefix(said, "not vulnerable") && !strings.HasPrefix(said, "supported") && !strings.Contains(said, "TLS 1.3 only") && !strings.Contains(said, "TLS1.3 only")
}

func rowsOf(r *live.Result, theirs map[string]string) []row {
	var rows []row
	theirsOf := func(id string) string { return theirs[id] }
	yes := func(b bool) string { return map[bool]string{true: "yes", false: "no"}[b] }
	add := func(what string, ours bool, id string, theirs func(said string) bool) {
		if said := theirsOf(id); said == "" || strings.Contains(said, "didn't succeed") {
			return // Debian's own OpenSSL, which parts of testssl.sh use, refuses what is older
		}
		rows = append(rows, row{what, yes(ours), yes(theirs(theirsOf(id))), theirsOf(id)})
	}
	versions := map[string]bool{}
	var suites []live.Suite
	for _, v := range r.TLS.Versions {
		versions[v.Name] = true
		suites = append(suites, v.Suites...)
	}
	any := func(meant func(name string) bool) bool {
		return slices.ContainsFunc(suites, func(s live.Suite) bool { return meant(s.String()) })
	}
	holds := func(part string) bool {
		return any(func(name string) bool { return strings.Contains(name, part) })
	}
	for _, v := range []struct{ id, name string }{{"SSLv3", "SSL 3.0"}, {"TLS1", "TLS 1.0"}, {"TLS1_1", "TLS 1.1"}, {"TLS1_2", "TLS 1.2"}, {"TLS1_3", "TLS 1.3"}} {
		add(v.name, versions[v.name], v.id, offered)
	}
	aead := func(n string) bool {
		return strings.Contains(n, "_GCM_") || strings.Contains(n, "_CCM") || strings.Contains(n, "POLY1305")
	}
	known := func(n string) bool { return !strings.Contains(n, "_anon_") }
	add("suites without encryption", holds("_NULL_"), "cipherlist_NULL", offered)
	add("suites without authentication", holds("_anon_"), "cipherlist_aNULL", offered)
	add("export suites", holds("_EXPORT_"), "cipherlist_EXPORT", offered)
	add("authenticated encryption", any(func(n string) bool { return aead(n) && known(n) }), "cipherlist_STRONG", offered)
	add("RC4", holds("_RC4_"), "RC4", vulnerable)
	add("64-bit blocks", holds("3DES") || holds("IDEA"), "SWEET32", vulnerable)
	add("compression", has(r, "live-tls-compression"), "CRIME_TLS", vulnerable)
	add("no secure renegotiation", has(r, "live-tls-renegotiation"), "secure_renego", vulnerable)
	says := func(part string) bool {
		return slices.ContainsFunc(r.Report.Findings, func(f check.Finding) bool {
			return strings.HasPrefix(f.ID, "live-certificate") && strings.Contains(f.Title, part)
		})
	}
	// testssl.sh says apart whether the chain leads to an authority and whether the name is right.
	add("chain trusted", r.TLS.Trusted || says("other names"), "cert_chain_of_trust", func(said string) bool { return strings.HasPrefix(said, "passed") })
	add("certificate for the host", !says("other names"), "cert_trust", func(said string) bool { return strings.HasPrefix(said, "Ok") })
	add("certificate expired", says("has expired"), "cert_expirationStatus", func(said string) bool { return strings.Contains(said, "expired") })
	add("signature weak", says("signed with SHA1"), "cert_signatureAlgorithm", func(said string) bool { return strings.Contains(said, "SHA1") })
	add("key weak", says("has a key of"), "cert_keySize", func(said string) bool { return strings.Contains(said, "1024") })
	add("must-staple", has(r, "live-ocsp-must-staple"), "cert_mustStapleExtension", func(said string) bool { return strings.Contains(said, "no OCSP stapling") })
	add("OCSP staple", r.TLS.Stapled, "OCSP_stapling", offered)
	return rows
}

func has(r *live.Result, id string) bool {
	for _, f := range r.Report.Findings {
		if f.ID == id {
			return true
		}
	}
	return false
}
