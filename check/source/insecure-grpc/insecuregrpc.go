// Package insecuregrpc finds gRPC and database connections in clear text.
package insecuregrpc

import (
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "insecure-grpc", Title: "gRPC in clear text", Level: check.Warning, Confidence: check.Medium, Tags: []string{"source", "tls"},
	Why: "Everybody on the way reads the calls and the credentials in them, and can answer in the server's place.",
	Fix: "Use credentials.NewTLS; between processes of one machine a Unix socket.",
	CWE: []int{319, 300}, ASVS: []string{"V12.2.1", "V12.3.3"}, OWASP: "A04",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	local := false
	for _, call := range read.Calls("google.golang.org/grpc.Dial", "google.golang.org/grpc.NewClient", "google.golang.org/grpc.DialContext") {
		for _, arg := range call.Args {
			if text, ok := read.String(arg); ok && (strings.HasPrefix(text, "localhost") || strings.HasPrefix(text, "127.0.0.1") || strings.HasPrefix(text, "unix:") || strings.HasPrefix(text, "passthrough:")) {
				local = true
			}
		}
	}
	if local {
		return
	}
	for _, call := range read.Calls("google.golang.org/grpc.WithInsecure", "google.golang.org/grpc/credentials/insecure.NewCredentials") {
		read.Report(call, "", "gRPC speaks in clear text")
	}
}
