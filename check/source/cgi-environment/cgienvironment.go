// Package cgienvironment finds programs that speak CGI, where headers of the
// request become variables of the environment, and says where such a variable
// is believed: a Proxy header is HTTP_PROXY, which most clients take for the
// proxy that they should use (httpoxy).
//
// Go itself is not deceived since 1.6.3 and 1.7, which are older than modules:
// net/http does not look at HTTP_PROXY in a CGI program, and net/http/cgi does
// not pass the header on.
package cgienvironment

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/code"
)

// Rule documents the fault.
var Rule = check.Rule{
	ID: "cgi-environment", Title: "Headers of the request come as the environment", Level: check.Warning, Confidence: check.Medium, Tags: []string{"source", "http"},
	Why: "Whoever sends a Proxy header sets HTTP_PROXY: what believes it sends its requests, with their credentials, to a host of the client's choice.",
	Fix: "Serve HTTP by http.Server behind the web server, or give children an Env of their own and do not read HTTP_PROXY.",
	More: "This is httpoxy, CVE-2016-5386. Go's own client and CGI server have not been deceived since Go 1.6.3 and 1.7, so CGI by itself is info: " +
		"one process a request, whose environment a stranger writes in part. It is a warning where the package reads HTTP_PROXY itself, or starts " +
		"programs that inherit the environment.",
	CWE: []int{454, 807}, ASVS: []string{"V4.1.3"}, OWASP: "A06",
	References: []string{"https://httpoxy.org/", "https://pkg.go.dev/vuln/GO-2022-0761"},
}

// Analyzer finds it.
var Analyzer = code.New(Rule, look)

const cgi = "net/http/cgi."

func look(read *code.Reader) {
	served := read.Uses(cgi+"Serve", cgi+"Request", cgi+"RequestFromMap")
	for _, use := range served {
		read.Report(use, "info low", "headers of the request come as the environment of this program")
	}
	for _, lit := range read.Literals(cgi + "Handler") {
		read.Report(lit, "info low", "headers of the request become the environment of another program")
	}
	if len(served) > 0 {
		believed(read)
	}
}

// believed reports what takes a header for the environment, in a package that
// serves CGI.
func believed(read *code.Reader) {
	for _, call := range read.Calls("os.Getenv", "os.LookupEnv") {
		if name, _ := read.String(call.Arg(0)); name == "HTTP_PROXY" { // http_proxy is nobody's header
			read.Report(call, "", "HTTP_PROXY is the Proxy header of a CGI request")
		}
	}
	for _, call := range read.Calls("os/exec.Command", "os/exec.CommandContext") {
		if !environment(read, call) {
			read.Report(call, "", "the program that is started inherits headers of a CGI request as its environment")
		}
	}
}

// environment reports whether the function around a command gives one an
// environment of its own.
func environment(read *code.Reader, call *code.Call) bool {
	for _, set := range read.Sets("os/exec.Cmd.Env") {
		if set.In.Root() == call.In.Root() {
			return true
		}
	}
	return false
}
