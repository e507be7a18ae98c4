package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"crypto/x509"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/live"
	"github.com/merlon-go/merlon/internal/replace"
	"github.com/merlon-go/merlon/manage"
)

type scanOptions struct {
	env           *manage.Env
	version       string
	target        string
	config        live.Config
	headers       []string
	accept        []string
	caFile        string
	format        string
	output        string
	compare       string
	failUnder     string
	sarifCategory string
	verbose       bool
}

func newScan(p *manage.Program, run func(context.Context, *scanOptions) error) *cobra.Command {
	o := &scanOptions{env: p.Env, version: p.Version}
	cmd := &cobra.Command{
		Use:   "scan URL",
		Short: "Ask a running site from outside what an attacker would, and grade the answers",
		Long: "Ask a running site from outside what an attacker would, and grade the answers.\n\n" +
			"The worst fault that is proven decides the grade. The score of MDN's HTTP Observatory for the same answers stands beside it, for comparison.\n\n" +
			"The scan keeps to the host given, reaches no private address unless told, says who it is in User-Agent, posts nothing, and prints no value of a cookie. " +
			"Scan your own sites, or those whose owner asked you to.\n\n" +
			"Exit code 0: fine. 1: the site does not answer, or something could not be judged. 2: wrong usage. 3: the grade is below --fail-under. 4: the address is private.",
		Example: "  " + p.Name + " scan https://www.example.com\n  " + p.Name + " scan example.com --crawl 10 --fail-under A\n" +
			"  " + p.Name + " scan example.com --format json --output before.json\n  " + p.Name + " scan example.com --compare before.json",
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return &manage.Error{Code: manage.ExitUsage, Text: "URL is missing", Hints: []string{"usage: " + cmd.UseLine()}}
			case len(args) > 1:
				return &manage.Error{Code: manage.ExitUsage, Text: "more than one URL", Hints: []string{"usage: " + cmd.UseLine()}}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.target = args[0]
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	c := &o.config
	f.IntVar(&c.Crawl, "crawl", 0, "look at `N` further pages of the same origin, at most 100")
	f.BoolVar(&c.AllowPrivate, "allow-private", false, "reach loopback and private addresses too")
	f.BoolVar(&c.FollowWWW, "follow-www", false, "let redirects lead from example.com to www.example.com and back")
	f.BoolVar(&c.SkipFiles, "skip-files", false, "do not look for files that should not be served")
	f.BoolVar(&c.SkipTLS, "skip-tls", false, "do not try protocol versions and cipher suites")
	f.IntVar(&c.HTTPPort, "http-port", 0, "`PORT` of plain http, if not 80")
	f.IntVar(&c.HTTPSPort, "https-port", 0, "`PORT` of https, if not 443")
	f.StringArrayVarP(&o.headers, "header", "H", nil, "send `NAME: VALUE` to the site, such as Authorization; may be repeated; @FILE reads them from a file")
	f.StringVar(&o.caFile, "ca-file", "", "trust the certificate authorities in `FILE` (PEM) instead of the system's")
	f.StringVar(&c.UserAgent, "user-agent", "", "`NAME` that the scan gives itself")
	f.DurationVar(&c.Timeout, "timeout", 2*time.Minute, "`TIME` for the whole scan")
	f.DurationVar(&c.RequestTimeout, "request-timeout", 10*time.Second, "`TIME` for one request")
	f.DurationVar(&c.Pause, "pause", 50*time.Millisecond, "`TIME` between requests")
	f.IntVar(&c.Algorithm, "observatory", 6, "`VERSION` of the Observatory's rules to compare with: 4 or 6")
	f.Var(word{&o.failUnder, live.Grades()}, "fail-under", "fail if the grade is below `GRADE`: A+ to F")
	f.StringArrayVar(&o.accept, "accept", nil, "put findings aside, as `ID=REASON`; they are listed and do not lower the grade; may be repeated")
	f.StringVar(&o.compare, "compare", "", "say what has changed since the result in `FILE`, written with --format json")
	f.StringVarP(&o.output, "output", "o", "", "write the result to `FILE`")
	f.StringVar(&o.sarifCategory, "sarif-category", "merlon-scan", "`CATEGORY` of the SARIF report, to tell several uploads apart")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "say why, which standard, and every test of the Observatory")
	o.format = "text"
	f.Var(word{&o.format, []string{"text", "json", "sarif", "html"}}, "format", "how to write the result, as `FORMAT`: text, json, sarif, html")
	return cmd
}

// word is a flag that takes one of several words, in any case.
type word struct {
	value *string
	words []string
}

func (w word) String() string {
	if w.value == nil {
		return ""
	}
	return *w.value
}

func (w word) Type() string { return "word" }

func (w word) Set(text string) error {
	for _, known := range w.words {
		if strings.EqualFold(known, text) {
			*w.value = known
			return nil
		}
	}
	return errors.New("must be one of " + strings.Join(w.words, ", "))
}

func scan(ctx context.Context, o *scanOptions) error {
	var before *live.Previous
	if err := o.prepare(&before); err != nil {
		return err
	}
	progress := &scanProgress{env: o.env}
	o.config.Progress = progress.step
	result, err := live.Scan(ctx, o.target, o.config)
	progress.done()
	if ctx.Err() != nil {
		return ctx.Err() // half a result grades nothing
	}
	if err != nil {
		return explainScan(err)
	}
	var compared *live.Comparison
	if before != nil {
		compared = live.Compare(before, result)
		if before.URL != result.URL {
			result.Notes = append(result.Notes, "The earlier result is of another address: "+before.URL)
		}
	}
	if err := o.write(result, compared); err != nil {
		return &manage.Error{Text: "writing the result", Err: err}
	}
	if o.failUnder != "" {
		if least, err := live.ParseGrade(o.failUnder); err == nil && result.Grade < least {
			return &manage.Error{Code: manage.ExitFindings, Text: fmt.Sprintf("the grade is %s, below %s", result.Grade, least)}
		}
	}
	if len(result.Report.Incomplete) > 0 {
		return &manage.Error{Code: manage.ExitFailed} // the result has said it
	}
	return nil
}

// prepare reads what the flags name.
func (o *scanOptions) prepare(before **live.Previous) error {
	usage := func(text string, err error) error { return &manage.Error{Code: manage.ExitUsage, Text: text, Err: err} }
	o.config.Now = o.env.Now
	if o.env.Rand != nil {
		o.config.Rand = o.env.Rand
	}
	switch {
	case o.config.Timeout <= 0:
		return usage("--timeout is more than 0", nil)
	case o.config.RequestTimeout <= 0:
		return usage("--request-timeout is more than 0", nil)
	case o.config.Pause < 0:
		return usage("--pause is 0 or more", nil)
	case o.config.Pause == 0:
		o.config.Pause = -1
	}
	if _, err := live.ParseTarget(o.target); err != nil {
		return &manage.Error{Code: manage.ExitUsage, Text: strings.TrimPrefix(err.Error(), "live: "), Hints: []string{"write it as https://www.example.com/"}}
	}
	if o.config.Algorithm != 4 && o.config.Algorithm != 6 {
		return usage("--observatory is 4 or 6", nil)
	}
	if o.config.Crawl < 0 || o.config.Crawl > 100 {
		return usage("--crawl is 0 to 100", nil)
	}
	if o.config.HTTPPort < 0 || o.config.HTTPPort > 65535 || o.config.HTTPSPort < 0 || o.config.HTTPSPort > 65535 {
		return usage("a port is 1 to 65535", nil)
	}
	for _, text := range o.accept {
		id, reason, _ := strings.Cut(text, "=")
		if o.config.Accepted == nil {
			o.config.Accepted = map[string]string{}
		}
		o.config.Accepted[strings.TrimSpace(id)] = strings.TrimSpace(reason)
	}
	if err := o.readHeaders(); err != nil {
		return err
	}
	if o.output != "" {
		if err := replace.Possible(o.env.Path(o.output)); err != nil { // better now than after the scan
			return &manage.Error{Text: "cannot write the result", Err: err}
		}
	}
	if o.caFile != "" {
		text, err := os.ReadFile(o.env.Path(o.caFile))
		if err != nil {
			return usage("the certificate authorities cannot be read", err)
		}
		o.config.Roots = x509.NewCertPool()
		if !o.config.Roots.AppendCertsFromPEM(text) {
			return usage("there is no certificate in "+o.caFile, nil)
		}
	}
	if o.compare == "" {
		return nil
	}
	f, err := os.Open(o.env.Path(o.compare))
	if err != nil {
		return usage("the earlier result cannot be read", err)
	}
	defer f.Close()
	if *before, err = live.ReadPrevious(f); err != nil {
		return usage(strings.TrimPrefix(err.Error(), "live: "), nil)
	}
	return nil
}

// readHeaders reads --header. The value may be a credential and is in no error.
func (o *scanOptions) readHeaders() error {
	var lines []string
	for _, h := range o.headers {
		name, ok := strings.CutPrefix(h, "@")
		if !ok {
			lines = append(lines, h)
			continue
		}
		text, err := os.ReadFile(o.env.Path(name))
		if err != nil {
			return &manage.Error{Code: manage.ExitUsage, Text: "the headers cannot be read", Err: err}
		}
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
	}
	for i, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f }) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return &manage.Error{Code: manage.ExitUsage, Text: fmt.Sprintf("header %d is not of the form NAME: VALUE", i+1)}
		}
		if o.config.Header == nil {
			o.config.Header = http.Header{}
		}
		o.config.Header.Add(name, value)
	}
	return nil
}

// write writes the result in the format.
func (o *scanOptions) write(r *live.Result, compared *live.Comparison) error {
	write := func(w io.Writer) error {
		switch o.format {
		case "json":
			return live.WriteJSON(w, r, compared)
		case "sarif":
			return check.WriteSARIF(w, r.Report, check.SARIFOptions{Version: o.buildVersion(), Category: o.sarifCategory, Site: r.URL})
		case "html":
			return live.WriteHTML(w, r, live.HTMLOptions{Version: o.buildVersion(), Compared: compared})
		}
		color := o.output == "" && o.env.StdoutTerminal && o.env.Getenv("NO_COLOR") == "" && o.env.Getenv("TERM") != "dumb"
		width := 0 // lines of a file or a pipe are not broken: grep reads them
		if o.output == "" && o.env.StdoutTerminal {
			width = o.env.Columns
		}
		return live.WriteText(w, r, live.TextOptions{Color: color, Width: width, Large: width > 0 && o.env.Getenv("TERM") != "dumb", Verbose: o.verbose, Compared: compared})
	}
	if o.output == "" {
		return write(o.env.Stdout)
	}
	return replace.File(o.env.Path(o.output), 0o666, func(f *os.File) error { return write(f) })
}

func (o *scanOptions) buildVersion() string {
	if o.version != "" {
		return o.version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return ""
}

// explainScan says what a scan that did not come about means.
func explainScan(err error) error {
	if e, ok := errors.AsType[*live.AddressError](err); ok {
		refused := &manage.Error{Code: manage.ExitNotAllowed, Text: strings.TrimPrefix(e.Error(), "live: "), Hints: []string{"--allow-private lets the scan reach it"}}
		if e.Never {
			refused.Hints = []string{"--allow-private does not lift this"}
		}
		return refused
	}
	if e, ok := errors.AsType[*live.UnreachableError](err); ok {
		hints := []string{"check the name, and that the site can be reached from here"}
		switch text := e.Error(); {
		case strings.Contains(text, "refused"):
			hints = []string{"nothing listens there; an address may name a port, as in https://example.com:8443"}
		case strings.Contains(text, "does not look like a TLS handshake"):
			hints = []string{"https is not spoken there; write the address with http://"}
		case strings.Contains(text, "https is spoken"):
			hints = []string{"write the address with https://"}
		case strings.Contains(text, "no answer in time"):
			hints = []string{"--request-timeout waits longer", "check that the site can be reached from here"}
		case strings.Contains(text, "without an answer"):
			hints = []string{"a firewall in front of the site may refuse programs; --user-agent names another"}
		case strings.Contains(text, "the name does not exist"):
			hints = []string{"check how the name is written"}
		}
		return &manage.Error{Text: strings.TrimPrefix(e.Error(), "live: "), Hints: hints}
	}
	return &manage.Error{Code: manage.ExitUsage, Text: strings.TrimPrefix(err.Error(), "live: ")}
}

// A scanProgress shows on a terminal what is being asked.
type scanProgress struct {
	env   *manage.Env
	shown bool
}

func (p *scanProgress) step(done, total int, what string) {
	if !p.env.StderrTerminal || p.env.Getenv("TERM") == "dumb" || what == "" {
		return
	}
	p.shown = true
	fmt.Fprintf(p.env.Stderr, "\r\x1b[K%d of %d  %s", done, total, what)
}

func (p *scanProgress) done() {
	if p.shown {
		fmt.Fprint(p.env.Stderr, "\r\x1b[K")
	}
}
