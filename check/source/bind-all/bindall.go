// Package bindall finds listeners on every address of the machine.
package bindall

import (
	"go/ast"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "bind-all", Title: "A listener on every address", Level: check.Info, Confidence: check.Low, Tags: []string{"source", "deployment"},
	Why: "What is meant for the reverse proxy or for this machine alone can be reached from every network that the machine is in.",
	Fix: "Listen on 127.0.0.1 behind a proxy, and take the address from the settings.",
	CWE: []int{605, 200}, ASVS: []string{"V13.2.4"}, OWASP: "A02",
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

func look(read *code.Reader) {
	for _, call := range read.Calls("net.Listen", "crypto/tls.Listen", "net.ListenPacket") {
		if network, ok := read.String(call.Arg(0)); ok && !strings.HasPrefix(network, "tcp") && !strings.HasPrefix(network, "udp") {
			continue
		}
		if address, ok := read.String(call.Arg(1)); ok && everywhere(address) {
			read.Report(call.Arg(1), "", "%q is every address of the machine", address)
		}
		if made, ok := call.Arg(0).(*ast.CallExpr); ok && len(call.Args) == 1 { // one function makes both
			for _, arg := range made.Args {
				if address, ok := read.String(arg); ok && strings.Contains(address, ":") && everywhere(address) {
					read.Report(arg, "", "%q is every address of the machine", address)
				}
			}
		}
	}
	for _, call := range read.Calls("net/http.ListenAndServe", "net/http.ListenAndServeTLS") {
		if address, ok := read.String(call.Arg(0)); ok && strings.HasPrefix(address, "0.0.0.0:") {
			read.Report(call.Arg(0), "", "%q is every address of the machine", address)
		}
	}
}

func everywhere(address string) bool {
	if strings.HasSuffix(address, ":0") {
		return false // a free port, as for tests
	}
	return strings.HasPrefix(address, ":") || strings.HasPrefix(address, "0.0.0.0:") || strings.HasPrefix(address, "[::]:")
}
