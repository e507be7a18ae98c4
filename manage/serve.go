package manage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/settings"
	"github.com/merlon-go/merlon/store"
)

type serveOptions struct {
	program *Program
	errs    io.Writer
	dev     bool
	listen  string
	migrate bool
}

func newServe(p *Program, run func(context.Context, *serveOptions) error) *cobra.Command {
	o := &serveOptions{program: p, errs: &taking{to: p.Env.Stderr}}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the site; with --dev on this machine, without any setting",
		Long: "Serve the site.\n\n" +
			"With --dev it needs no setting, listens on a loopback address only, keeps its key and its database in the working folder, and shows mail on the terminal and under /-/dev/mail.\n\n" +
			"Without, it runs the checks first and does not start if one finds an error. SQLite is migrated at the start; PostgreSQL only with --migrate. An interrupt turns readiness red, lets requests finish and ends; a second one ends at once.",
		Example: "  " + p.Name + " serve --dev\n  " + p.Name + " serve --listen :8000",
		Args:    arguments(),
		RunE:    func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.dev, "dev", false, "serve on this machine for development")
	f.StringVar(&o.listen, "listen", "", "`ADDRESS` to listen on, such as 127.0.0.1:8000 or :8000")
	f.BoolVar(&o.migrate, "migrate", false, "bring the database's schema up to date first")
	return cmd
}

// taking has writers take turns: a site in development prints its log and its
// mails, each under a lock of its own.
type taking struct {
	mu sync.Mutex
	to io.Writer
}

func (t *taking) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.to.Write(b)
}

func serve(ctx context.Context, o *serveOptions) (err error) {
	p := o.program
	set, err := o.load(ctx)
	if err != nil {
		return err
	}
	listener, err := o.open(ctx, set, set.Server.Listen)
	if err != nil {
		return err
	}
	defer listener.Close() // closed by Serve already, unless what follows fails
	admin, err := o.admin(ctx, set)
	if err != nil {
		return err
	}
	if admin != nil {
		defer admin.Close()
	}
	logger := o.logger(set)
	db, err := o.database(ctx, set, logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	stores, shared, err := p.stores(set, db)
	if err != nil {
		return err
	}
	if shared != nil {
		defer shared.Close()
		lookAtShared(ctx, shared, set.Store.RedisTimeout, logger)
	}
	site, err := p.compose(merlon.Config{
		Settings: set, Stores: stores, SiteName: p.SiteName, Logger: logger, Console: o.errs, Now: p.Env.Now,
	})
	if err != nil {
		return p.badSettings(err)
	}
	handler, err := p.handler(site, stores)
	if err != nil {
		return err
	}
	if admin != nil {
		adminCtx, stopAdmin := context.WithCancel(ctx)
		defer stopAdmin()
		go serveAdmin(adminCtx, admin, site)
	}
	if err := stores.Audit.Record(ctx, audit.Event{Name: audit.SystemStartup, Control: "serve"}); err != nil {
		return failed("writing the audit trail", err)
	}
	o.greet(set, listener.Addr(), logger)
	err = site.Serve(ctx, listener, handler)
	if !o.dev && err == nil {
		logger.Info("stopped")
	}
	return errors.Join(err, stores.Audit.Record(context.WithoutCancel(ctx), audit.Event{Name: audit.SystemStop, Control: "serve"}))
}

// load reads the settings and refuses those that cannot be used, or that the
// checks find an error in.
func (o *serveOptions) load(ctx context.Context) (*settings.Settings, error) {
	p := o.program
	flags := map[string]string{}
	if o.listen != "" {
		flags["LISTEN"] = o.listen
	}
	target := p.target(o.dev, false, flags) // the program makes its handler once, in serve
	set := target.Settings
	switch {
	case set.Err() != nil || o.dev && target.SiteErr != nil:
		return nil, p.badSettings(errors.Join(target.SiteErr, p.alsoUnsafe(ctx, target, target.SiteErr)))
	case o.dev:
		return set, p.giveKey(set)
	}
	return set, o.check(ctx, target)
}

// admin listens where metrics and profiles are served, if the settings ask for
// it; nil if they do not.
func (o *serveOptions) admin(ctx context.Context, set *settings.Settings) (net.Listener, error) {
	if set.Server.AdminListen == "" {
		return nil, nil
	}
	return o.open(ctx, set, set.Server.AdminListen)
}

// check runs the checks and refuses to go on if one finds an error.
func (o *serveOptions) check(ctx context.Context, target *check.Target) error {
	p := o.program
	report, err := check.Run(ctx, check.Options{
		Rules: p.rules(), Known: p.Known, FailLevel: check.Error, Target: target, Silenced: target.Settings.Check.Silenced,
	})
	if err != nil {
		return err
	}
	if !report.Failed() {
		return nil
	}
	var text bytes.Buffer
	if err := check.WriteText(&text, report, check.TextOptions{Color: p.Env.color(p.Env.StderrTerminal)}); err != nil {
		return err
	}
	if _, err := o.errs.Write(text.Bytes()); err != nil {
		return err
	}
	return &Error{
		Code: ExitFindings, Text: "not started, because of what the checks found",
		Hints: []string{
			fmt.Sprintf("%q says more about a finding", p.Name+" explain ID"),
			"an id in SILENCED_CHECKS, with its reason, accepts it",
		},
	}
}

// open listens, and explains why if it cannot.
func (o *serveOptions) open(ctx context.Context, set *settings.Settings, address string) (net.Listener, error) {
	listen := o.program.Env.Listen
	if listen == nil {
		var config net.ListenConfig
		listen = func(network, address string) (net.Listener, error) { return config.Listen(ctx, network, address) }
	}
	l, err := listen("tcp", address)
	if err == nil {
		if tcp, ok := l.Addr().(*net.TCPAddr); ok && o.dev && set.Hosts.PublicURL != nil && strings.HasSuffix(set.Hosts.PublicURL.Host, ":0") {
			set.Hosts.PublicURL.Host = fmt.Sprintf("localhost:%d", tcp.Port)
		}
		return l, nil
	}
	e := &Error{Text: "cannot listen on " + address}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		e.Text += ": another program listens there"
		e.Hints = []string{"stop it, or choose another address"}
		if address == set.Server.Listen {
			e.Hints = []string{"stop it, or choose another address with --listen"}
		}
	case errors.Is(err, fs.ErrPermission):
		e.Text += ": permission denied"
		e.Hints = []string{"ports below 1024 need CAP_NET_BIND_SERVICE; choose another with --listen"}
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		e.Text += ": this machine has no such address"
		e.Hints = []string{"use :PORT for all addresses of this machine"}
	default:
		e.Err = err
	}
	return nil, e
}

// logger writes to standard error in the form that the settings ask for.
func (o *serveOptions) logger(set *settings.Settings) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(set.Log.Level)); err != nil {
		level = slog.LevelInfo
	}
	if set.Log.Format == "text" {
		return slog.New(audit.NewTextHandler(o.errs, level))
	}
	return slog.New(audit.NewJSONHandler(o.errs, level))
}

// database opens the database and brings its schema up to date where that is
// for serve to do.
func (o *serveOptions) database(ctx context.Context, set *settings.Settings, logger *slog.Logger) (Database, error) {
	db, err := o.program.Open(ctx, set, false)
	if err != nil {
		return nil, err
	}
	migrate := o.dev || o.migrate || set.Store.DatabaseURL.Scheme == "sqlite"
	if migrate {
		applied, err := db.Migrate(ctx)
		if err != nil {
			return nil, errors.Join(storeError(err), db.Close())
		}
		for _, m := range applied {
			if !o.dev {
				logger.Info("migrated", slog.String("migration", m.String()))
			}
		}
	}
	if err := db.Ping(ctx); err != nil {
		closed := db.Close()
		if errors.Is(err, store.ErrPending) {
			return nil, &Error{Text: "the database has not been migrated", Hints: []string{
				fmt.Sprintf("run %q before the new version starts", o.program.Name+" migrate"),
				"or let this node do it with --migrate",
			}}
		}
		return nil, errors.Join(storeError(err), closed)
	}
	return db, nil
}

// greet says that the site is there: to a developer in words, else in the log.
func (o *serveOptions) greet(set *settings.Settings, address net.Addr, logger *slog.Logger) {
	if !o.dev {
		if o.program.Env.Root {
			logger.Warn("running as root: a fault in the site then owns the machine")
		}
		logger.Info("serving", slog.String("address", address.String()), slog.String("version", o.program.versionInfo().Version))
		return
	}
	env := o.program.Env
	paint := func(sgr, text string) string {
		if !env.color(env.StderrTerminal) {
			return text
		}
		return "\x1b[" + sgr + "m" + text + "\x1b[0m"
	}
	origin := "http://" + address.String()
	if u := set.Hosts.PublicURL; u != nil {
		origin = u.String()
	}
	fmt.Fprintf(o.errs, "\n  %s is up at %s\n\n", o.program.Name, paint("1;36", origin+"/"))
	for _, line := range [][2]string{
		{"mail", origin + "/-/dev/mail, and printed here"},
		{"data", set.Store.DatabaseURL.Path + " and " + devKeyFile + " in this folder"},
		{"next", o.program.Name + " check --deploy, before others see it"},
		{"stop", "Ctrl-C"},
	} {
		fmt.Fprintf(o.errs, "  %s  %s\n", paint("2", line[0]), line[1])
	}
	fmt.Fprintln(o.errs)
}
