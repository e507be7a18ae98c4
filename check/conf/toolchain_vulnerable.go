package conf

import (
	"strings"

	"golang.org/x/mod/semver"

	"github.com/merlon-go/merlon/check"
)

// soundGo is the first release without a fault known to reach a site through
// net/http.
const (
	soundGo  = "go1.26.9"
	goAdvice = "GO-2026-6617"
)

func toolchainVulnerable() check.Rule {
	return onSettings(check.Rule{
		ID:         "toolchain-vulnerable",
		Title:      "The program was built with a Go release that has known faults",
		Level:      check.Info,
		Deploy:     true,
		Tags:       []string{"settings", "process"},
		Why:        "The HTTP/2 server is part of the Go release: a fault there is open to everybody who reaches it, whatever the site does.",
		Fix:        "Build with " + soundGo + " or later.",
		More:       "A note only, because serve speaks HTTP/1.1 to the proxy in front, and the fault is in HTTP/2: it counts where a program terminates TLS itself.",
		CWE:        []int{1395},
		ASVS:       []string{"V15.2.1"},
		OWASP:      "A03",
		References: []string{"https://pkg.go.dev/vuln/" + goAdvice},
	}, func(l *look) {
		version, _, _ := strings.Cut(l.GoVersion, " ")
		version = strings.TrimPrefix(version, "go")
		if version == "" || strings.HasPrefix(version, "devel") {
			return
		}
		// 1.27rc1 is written v1.27.0-rc1 by the rules of versions.
		if i := strings.Index(version, "rc"); i > 0 {
			version = version[:i] + ".0-" + version[i:]
		}
		if semver.Compare("v"+version, "v"+strings.TrimPrefix(soundGo, "go")) < 0 {
			l.found = append(l.found, check.Finding{Title: "Built with " + l.GoVersion + ", which has " + goAdvice + " in net/http"})
		}
	})
}
