package live

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A lure is a file that should not be served, and how it is told from a page
// that a site shows for everything it does not know.
type lure struct {
	path string
	what string
	rule string
	is   *regexp.Regexp // must match the beginning of the body
}

// A fileHit is a lure that was there.
type fileHit struct {
	lure
	answer *answer
}

const (
	ruleVCS     = "live-vcs-exposed"
	ruleSecrets = "live-secrets-exposed"
	ruleBackup  = "live-backup-exposed"
	ruleDebug   = "live-debug-exposed"
	ruleSource  = "live-source-exposed"
)

var (
	isEnv  = regexp.MustCompile(`(?m)\A(?:\s*#[^\n]*\n|\s*\n)*\s*(?:export\s+)?[A-Z][A-Z0-9_]{1,60}\s*=`)
	isSQL  = regexp.MustCompile(`(?i)\A(?:\s|--[^\n]*\n|/\*[^*]*\*/;?)*(?:create|insert|drop|set|begin|lock|pragma|use)\s`)
	isZip  = regexp.MustCompile(`\APK\x03\x04`)
	isGzip = regexp.MustCompile(`\A\x1f\x{FFFD}\x08`) // 8b by itself is no UTF-8, which regexp reads as U+FFFD
	isPHP  = regexp.MustCompile(`\A\s*<\?php`)
	isKey  = regexp.MustCompile(`\A-----BEGIN [A-Z ]*PRIVATE KEY-----`)
	isLite = regexp.MustCompile(`\ASQLite format 3\x00`)
	isSwap = regexp.MustCompile(`\Ab0VIM `)
	isCode = regexp.MustCompile(`(?m)\A(?:\s*//[^\n]*\n|\s*\n)*package [a-z]\w*\s*$`)
)

// lures are asked for with GET, each once.
var lures = []lure{
	{"/.git/HEAD", "the git repository", ruleVCS, regexp.MustCompile(`\A(?:ref: refs/|[0-9a-f]{40}\s)`)},
	{"/.git/config", "the git repository's settings", ruleVCS, regexp.MustCompile(`\A\s*\[core\]`)},
	{"/.svn/wc.db", "the Subversion working copy", ruleVCS, isLite},
	{"/.hg/requires", "the Mercurial repository", ruleVCS, regexp.MustCompile(`\A(?:revlogv1|store|dotencode|fncache|generaldelta|share-safe)\n`)},
	{"/.env", "the environment file", ruleSecrets, isEnv},
	{"/.env.production", "the environment file", ruleSecrets, isEnv},
	{"/.env.local", "the environment file", ruleSecrets, isEnv},
	{"/merlon.toml", "Merlon's settings", ruleSecrets, regexp.MustCompile(`(?m)\A(?:\s*#[^\n]*\n|\s*\n)*\s*(?:\[[a-z_.]+\]|[a-z_]+\s*=)`)},
	{"/.htpasswd", "the password file", ruleSecrets, regexp.MustCompile(`\A[^\s:<>]{1,64}:(?:\$|\{SHA\})`)},
	{"/id_rsa", "a private key", ruleSecrets, isKey},
	{"/server.key", "a private key", ruleSecrets, isKey},
	{"/.aws/credentials", "cloud credentials", ruleSecrets, regexp.MustCompile(`\A\s*\[[\w-]+\]\s*\n\s*aws_`)},
	{"/.env.bak", "a backup of the environment file", ruleSecrets, isEnv},
	{"/wp-config.php.bak", "a backup of the settings", ruleSecrets, isPHP},
	{"/config.php.bak", "a backup of the settings", ruleSecrets, isPHP},
	{"/settings.py", "Django's settings", ruleSecrets, regexp.MustCompile(`(?m)^(?:SECRET_KEY|DATABASES|INSTALLED_APPS)\s*=`)},
	{"/application.properties", "the application's settings", ruleSecrets, regexp.MustCompile(`(?m)^(?:spring|server|datasource|db)\.[\w.-]+\s*=`)},
	{"/appsettings.json", "the application's settings", ruleSecrets, regexp.MustCompile(`(?s)\A\s*\{.*"ConnectionStrings"`)},
	{"/docker-compose.yml", "the containers' settings", ruleSecrets, regexp.MustCompile(`(?m)^services:\s*$`)},
	{"/.npmrc", "the package registry's token", ruleSecrets, regexp.MustCompile(`(?m)^[^\s<]*:?_(?:authToken|auth|password)\s*=`)},
	{"/.netrc", "passwords", ruleSecrets, regexp.MustCompile(`(?m)^\s*machine\s+\S+`)},
	{"/.git-credentials", "passwords", ruleSecrets, regexp.MustCompile(`\Ahttps?://[^\s:@/]*:[^\s@/]+@`)},
	{"/.docker/config.json", "the container registry's password", ruleSecrets, regexp.MustCompile(`(?s)\A\s*\{.*"auths"`)},
	{"/.ssh/id_ed25519", "a private key", ruleSecrets, isKey},
	{"/.vscode/sftp.json", "a password for the server", ruleSecrets, regexp.MustCompile(`(?s)\A\s*[\[{].*"(?:password|privateKeyPath|remotePath)"`)},
	{"/terraform.tfstate", "the infrastructure's state", ruleSecrets, regexp.MustCompile(`(?s)\A\s*\{.*"terraform_version"`)},
	{"/backup.sql", "a database dump", ruleBackup, isSQL},
	{"/dump.sql", "a database dump", ruleBackup, isSQL},
	{"/backup.zip", "a backup", ruleBackup, isZip},
	{"/backup.tar.gz", "a backup", ruleBackup, isGzip},
	{"/db.sqlite3", "a database", ruleBackup, isLite},
	{"/merlon.db", "the database", ruleBackup, isLite},
	{"/actuator/heapdump", "the process's memory", ruleBackup, regexp.MustCompile(`\AJAVA PROFILE 1\.`)},
	{"/go.mod", "the source of the application", ruleSource, regexp.MustCompile(`(?m)\A(?:\s*//[^\n]*\n|\s*\n)*module\s+\S+`)},
	{"/main.go", "the source of the application", ruleSource, isCode},
	{"/composer.json", "the source of the application", ruleSource, regexp.MustCompile(`(?s)\A\s*\{.*"require(?:-dev)?"\s*:`)},
	{"/Dockerfile", "how the application is built", ruleSource, regexp.MustCompile(`(?m)\A(?:\s*#[^\n]*\n|\s*\n|ARG [^\n]*\n)*FROM \S+`)},
	{"/WEB-INF/web.xml", "the application's own folder", ruleSource, regexp.MustCompile(`(?s)\A\s*(?:<\?xml[^>]*>)?.{0,400}<web-app`)},
	{"/web.config", "the server's settings", ruleSource, regexp.MustCompile(`(?s)\A(?:\x{FEFF})?\s*(?:<\?xml[^>]*>)?\s*<configuration`)},
	{"/index.php~", "a backup of the page's source", ruleSource, isPHP},
	{"/index.php.bak", "a backup of the page's source", ruleSource, isPHP},
	{"/.index.php.swp", "an editor's copy of the page's source", ruleSource, isSwap},
	{"/.DS_Store", "a folder's list of files", ruleDebug, regexp.MustCompile(`\A\x00\x00\x00\x01Bud1`)},
	{"/debug/pprof/", "the profiler", ruleDebug, regexp.MustCompile(`(?s)/debug/pprof/.*profile`)},
	{"/debug/vars", "the process's variables", ruleDebug, regexp.MustCompile(`(?s)\A\s*\{.*"memstats"`)},
	{"/metrics", "the metrics", ruleDebug, regexp.MustCompile(`(?m)\A# (?:HELP|TYPE) `)},
	{"/server-status", "the server's status", ruleDebug, regexp.MustCompile(`(?s)<title>Apache Status</title>`)},
	{"/phpinfo.php", "phpinfo", ruleDebug, regexp.MustCompile(`(?s)<title>(?:PHP [\d.]+[^<]* - )?phpinfo\(\)</title>`)},
	{"/debug/requests", "the traces of requests", ruleDebug, regexp.MustCompile(`(?s)<title>/debug/requests</title>`)},
	{"/nginx_status", "the server's status", ruleDebug, regexp.MustCompile(`\AActive connections: \d+`)},
	{"/_profiler/", "the profiler", ruleDebug, regexp.MustCompile(`(?s)<title>Symfony Profiler</title>|sf-profiler`)},
	{"/console", "a console", ruleDebug, regexp.MustCompile(`(?s)EVALEX\s*=|<title>Console // Werkzeug`)},
	{"/elmah.axd", "the log of errors", ruleDebug, regexp.MustCompile(`(?s)Error [Ll]og for <|Powered by <a [^>]*>ELMAH`)},
	{"/trace.axd", "the traces of requests", ruleDebug, regexp.MustCompile(`(?s)<h1>Application Trace`)},
	{"/actuator/env", "the application's environment", ruleDebug, regexp.MustCompile(`(?s)\A\s*\{.*"(?:activeProfiles|propertySources)"`)},
}

// askFiles asks for files that should not lie about, and for the source maps
// of the site's own scripts.
func (s *survey) askFiles(ctx context.Context) {
	if s.config.SkipFiles {
		s.notes = append(s.notes, "Exposed files were not looked for")
		return
	}
	for _, l := range lures {
		if ctx.Err() != nil {
			return
		}
		a := s.client.do(ctx, ask{url: s.at(l.path, ""), anon: true})
		if a.ok() && a.status == http.StatusOK && !looksLikePage(a, l) && l.is.Match(a.body[:min(len(a.body), 8192)]) {
			s.files = append(s.files, fileHit{l, a})
		}
	}
	const most = 3
	asked := 0
	for _, script := range s.page.scripts {
		if script.url == nil || originOf(script.url) != originOf(s.auto.url) || asked == most {
			continue
		}
		asked++
		u := *script.url
		u.Path, u.RawPath, u.RawQuery, u.Fragment = u.Path+".map", "", "", ""
		a := s.client.do(ctx, ask{url: &u, anon: true})
		if a.ok() && a.status == http.StatusOK && bytes.Contains(a.body, []byte(`"sourcesContent"`)) && bytes.Contains(a.body, []byte(`"mappings"`)) {
			s.files = append(s.files, fileHit{lure{u.Path, "the source of its scripts", "live-source-map", nil}, a})
		}
	}
}

// looksLikePage reports whether a site answers with a page where a file was
// asked for.
func looksLikePage(a *answer, l lure) bool {
	return a.html() && !strings.HasSuffix(l.path, "/") && l.rule != ruleDebug
}

var listing = regexp.MustCompile(`(?i)<title>\s*(?:index of /|directory listing for )|\A\s*<!doctype html>\s*<meta name="viewport"[^>]*>\s*<pre>\s*<a href=|\A<pre>\s*<a href="[^"]+">`)

// askListings asks for the folders that the page's own files lie in.
func (s *survey) askListings(ctx context.Context) {
	if s.config.SkipFiles {
		return
	}
	const most = 4
	var folders []string
	for _, r := range slices.Concat(s.page.scripts, s.page.styles, s.page.loads) {
		if r.url == nil || originOf(r.url) != originOf(s.auto.url) {
			continue
		}
		for dir := path.Dir(r.url.Path); len(dir) > 1 && len(folders) < most; dir = path.Dir(dir) {
			if !slices.Contains(folders, dir) {
				folders = append(folders, dir)
			}
		}
	}
	for _, dir := range folders {
		a := s.client.do(ctx, ask{url: s.at(dir+"/", ""), anon: true})
		if a.ok() && a.status == http.StatusOK && listing.Match(a.body[:min(len(a.body), 4096)]) {
			s.listings = append(s.listings, a)
		}
	}
}

// traces are what stack traces and error pages of frameworks look like.
var traces = []struct {
	name string
	is   *regexp.Regexp
}{
	{"a Go stack trace", regexp.MustCompile(`goroutine \d+ \[|\.go:\d+ \+0x|runtime error:`)},
	{"a Python stack trace", regexp.MustCompile(`Traceback \(most recent call last\)|File &quot;[^&]+\.py&quot;, line \d+|File "[^"]+\.py", line \d+`)},
	{"a Django debug page", regexp.MustCompile(`DEBUG = True|Using the URLconf defined in`)},
	{"a Java stack trace", regexp.MustCompile(`\bat [\w.$]+\([\w]+\.java:\d+\)|Whitelabel Error Page`)},
	{"a debug page of Rails", regexp.MustCompile(`(?s)<h1>Routing Error</h1>|Rails\.root: /|Action Controller: Exception caught`)},
	{"a debug page of Laravel", regexp.MustCompile(`<title>Whoops! There was an error|window\.ignite\(|<title>[^<]*Ignition|Illuminate\\[A-Za-z]+\\`)},
	{"a debug page of Symfony", regexp.MustCompile(`Symfony\\Component\\[A-Za-z]+\\|<div class="exception-(?:summary|illustration)`)},
	{"a debug page of Werkzeug", regexp.MustCompile(`// Werkzeug Debugger</title>|EVALEX_TRUSTED`)},
	{"a debug page of Phoenix", regexp.MustCompile(`<title>[^<]* at (?:GET|POST) /[^<]*</title>(?s:.*)\(elixir \d|\(phoenix [\d.]+\) lib/`)},
	{"a PHP error", regexp.MustCompile(`<b>(?:Fatal error|Warning|Notice|Parse error)</b>:|Stack trace:\s*#0`)},
	{"a .NET error page", regexp.MustCompile(`Server Error in '/[^']*' Application|at System\.[\w.]+\(`)},
	{"a Node.js stack trace", regexp.MustCompile(`at (?:[\w.<>]+ )?\(?(?:file://)?/[^\s)]+\.[mc]?js:\d+:\d+\)?`)},
	{"a Ruby stack trace", regexp.MustCompile(`[\w/]+\.rb:\d+:in [` + "`" + `']`)},
	{"a database error", regexp.MustCompile(`(?i)SQL syntax.*MySQL|ORA-\d{5}|PG::\w+Error|SQLSTATE\[|pq: |sqlite3?\.OperationalError`)},
}

// leak names what an error page gives away, "" if nothing.
func leak(body []byte) string {
	for _, t := range traces {
		if t.is.Match(body) {
			return t.name
		}
	}
	return ""
}

// described is how a hit is shown: by its name and size, never by its content.
func (h *fileHit) described() string {
	return fmt.Sprintf("%s, %d bytes", clip(h.answer.header.Get("Content-Type"), 60), len(h.answer.body))
}
