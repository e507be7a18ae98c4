// Package manage is the command line that every site built on Merlon has:
// serve, check, explain, settings, migrate, user, secret and version, with help,
// completions, a manual page and exit codes that programs can rely on.
//
// It serves against the deployment that nobody looked at: serve does not start
// with a setting that the checks call an error, and the same checks run in a
// pipeline with check --deploy.
//
//	package main
//
//	import (
//		"net/http"
//
//		"github.com/merlon-go/merlon"
//		"github.com/merlon-go/merlon/manage"
//	)
//
//	func main() {
//		manage.Main(manage.App{Name: "site", Handler: func(*merlon.Site) http.Handler {
//			return http.FileServerFS(public)
//		}})
//	}
//
// A program adds commands of its own with [App.Commands], checks with
// [App.Rules] and settings with [App.Extra].
//
// # Streams and exit codes
//
// Results go to standard output, everything else to standard error: progress,
// logs, questions, and errors, which are one line "site: what is wrong" and
// lines "hint: what to do". Exit codes: 0 fine; 1 failed, or a check could not
// judge everything; 2 wrong usage; 3 findings at or above the fail level; 4 not
// allowed. NO_COLOR is respected, and colours are used on terminals only.
//
// # What it does not do
//
// It does not terminate TLS, does not become a daemon and does not restart
// itself: a proxy and a service manager do that better. It links the stores,
// but none of the analysers of source code.
package manage
