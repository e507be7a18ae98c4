package manage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/conf"
	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/sessions"
	"github.com/merlon-go/merlon/settings"
	"github.com/merlon-go/merlon/store"
	"github.com/merlon-go/merlon/store/postgres"
	"github.com/merlon-go/merlon/store/sqlite"
)

// devKeyFile holds the key of a site under development, so that sessions
// outlive a restart.
const devKeyFile = "merlon-dev.key"

// devFlag adds --dev to a command that works on the site's data.
func devFlag(cmd *cobra.Command, into *bool) {
	cmd.Flags().BoolVar(into, "dev", false, "use the settings and the database of serve --dev")
}

// Load reads the settings as `serve` does. dev asks for those of --dev; flags
// holds settings given on the command line, by name without prefix. The error
// lists everything that is wrong.
func (p *Program) Load(dev bool, flags map[string]string) (*settings.Settings, error) {
	set := p.read(dev, flags)
	if set.Err() != nil {
		_, err := p.trial(set)
		return nil, p.badSettings(err)
	}
	return set, p.giveKey(set)
}

// read reads the settings, whatever is wrong with them.
func (p *Program) read(dev bool, flags map[string]string) *settings.Settings {
	return settings.Read(settings.Source{
		Prefix: p.Prefix, Environ: p.environ(), Flags: flags, Dir: p.Env.Dir, Dev: dev, Providers: p.Providers, Extra: p.Extra,
	})
}

// giveKey sees to it that a site under development has a key.
func (p *Program) giveKey(set *settings.Settings) (err error) {
	if set.Dev && set.Keys.SecretKey.IsZero() {
		set.Keys.SecretKey, err = p.devKey()
	}
	return err
}

// environ is the environment, never nil: to package settings nil means that of
// the process.
func (p *Program) environ() []string {
	if p.Env.Environ == nil {
		return []string{}
	}
	return p.Env.Environ
}

// badSettings turns all that is wrong with the settings into one error.
func (p *Program) badSettings(err error) error {
	e := &Error{}
	keys := map[string]bool{} // a list may have several wrong entries
	missing, flags := false, true
	for _, err := range settings.Flatten(err) {
		e.Lines = append(e.Lines, err.Error())
		one, ok := err.(*settings.Error)
		flags = flags && ok && strings.HasPrefix(one.Source, "flag")
		if !ok {
			keys[err.Error()] = true
			continue
		}
		keys[one.Key+one.Source] = true
		if one.Source != "" {
			continue
		}
		missing = missing || strings.HasPrefix(one.Problem, "required")
		if one.Name == "SECRET_KEY" {
			e.Hints = append(e.Hints, fmt.Sprintf("%q makes a key for %s", p.Name+" secret generate", one.Key))
		}
	}
	e.Text = plural(len(keys), "setting") + " cannot be used"
	if flags {
		e.Code = ExitUsage
	}
	if missing {
		e.Hints = append(e.Hints, fmt.Sprintf("%q needs no settings at all", p.Name+" serve --dev"))
	}
	return e
}

// alsoUnsafe returns the settings of t, but for those that err names, that a
// site would not start with: who has to mend some of them wants to hear of all.
func (p *Program) alsoUnsafe(ctx context.Context, t *check.Target, err error) error {
	if t.Settings.Dev {
		return nil // serve --dev runs no checks
	}
	named := map[string]bool{}
	for _, err := range settings.Flatten(err) {
		if one, ok := err.(*settings.Error); ok {
			named[one.Name] = true
		}
	}
	report, err := check.Run(ctx, check.Options{Rules: conf.Rules(), Known: p.known(), Silenced: t.Settings.Check.Silenced, Target: t})
	if err != nil {
		return err
	}
	var more settings.Errors
	for _, f := range report.Findings {
		key := f.Place.Setting
		if f.ID != "settings-invalid" && f.Level >= check.Error && key != "" && !named[key] {
			more = append(more, t.Settings.Fault(key, strings.TrimPrefix(f.Title, key+" "), nil))
		}
	}
	return more
}

// devKey reads the key of a site under development, or makes it.
func (p *Program) devKey() (secrets.Secret, error) {
	name := p.Env.Path(devKeyFile)
	text, err := os.ReadFile(name)
	if err == nil {
		key := secrets.New(strings.TrimSpace(string(text)))
		if why := secrets.Weakness(key); why != "" {
			return secrets.Secret{}, &Error{Text: devKeyFile + ": the key " + why, Hints: []string{"remove the file; a new one is made"}}
		}
		return key, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return secrets.Secret{}, failed("reading "+devKeyFile, reason(err), "make the file readable, or remove it")
	}
	key := secrets.Generate()
	if err := writeNew(name, key+"\n"); err != nil {
		return secrets.Secret{}, failed("keeping the key of this site in "+devKeyFile, reason(err),
			"run it in a folder that you may write to, or set "+p.Prefix+"SECRET_KEY")
	}
	return secrets.New(key), nil
}

// writeNew makes a file that only its owner can read. It fails if it is there.
func writeNew(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// reason is the cause without the path that os puts before it.
func reason(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// A Database is where a site keeps its data.
type Database interface {
	Sessions() sessions.Store
	Accounts() accounts.Store
	Outbox() mail.Store
	Lockout() lockout.Store
	Audit() audit.Store
	CSPReports() csp.ReportStore
	// Plan lists every migration; Migrate applies those that are pending.
	Plan(ctx context.Context) ([]store.Migration, error)
	Migrate(ctx context.Context) ([]store.Migration, error)
	// Ping reports whether the database answers and its schema is right.
	Ping(ctx context.Context) error
	Close() error
}

// Open opens the database that the settings name. The schema may be older than
// the program. newer opens one whose schema is newer, too, which only commands
// that show it may do.
func (p *Program) Open(ctx context.Context, set *settings.Settings, newer bool) (Database, error) {
	u := set.Store.DatabaseURL
	var db Database
	var err error
	switch {
	case u.Scheme == "sqlite":
		path := u.Path
		if path != ":memory:" {
			path = p.Env.Path(filepath.FromSlash(path))
		}
		db, err = notNil(sqlite.Open(ctx, path, sqlite.Options{SkipSchemaCheck: newer}))
	case newer:
		db, err = notNil(postgres.OpenNewer(ctx, u.Reveal()))
	default:
		db, err = notNil(postgres.Open(ctx, u.Reveal()))
	}
	if err != nil {
		return nil, storeError(err)
	}
	return db, nil
}

// absent is the file of a SQLite database that is not there, which to open it
// would make; else "".
func (p *Program) absent(set *settings.Settings) string {
	u := set.Store.DatabaseURL
	if u.Scheme != "sqlite" || u.Path == ":memory:" {
		return ""
	}
	name := filepath.FromSlash(u.Path)
	if _, err := os.Stat(p.Env.Path(name)); errors.Is(err, fs.ErrNotExist) {
		return name
	}
	return ""
}

// notNil keeps a nil pointer from becoming an interface that is not nil.
func notNil[T Database](db T, err error) (Database, error) {
	if err != nil {
		return nil, err
	}
	return db, nil
}

// storeError gives a store's error its hint; nil stays nil.
func storeError(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	e, ok := errors.AsType[*store.Error](err)
	if !ok || e.Hint == "" {
		return &Error{Err: err, Hints: []string{"check DATABASE_URL, and that this user may write there"}}
	}
	return &Error{Err: err, Hints: []string{e.Hint}}
}

// ready opens the database and refuses one whose schema is not this program's.
func (p *Program) ready(ctx context.Context, set *settings.Settings) (Database, error) {
	pending := &Error{Text: "the database has not been migrated", Hints: []string{fmt.Sprintf("run %q", p.Name+" migrate")}}
	if name := p.absent(set); name != "" {
		pending.Hints = append(pending.Hints, name+" is not there; is this the site's folder?")
		return nil, pending
	}
	db, err := p.Open(ctx, set, false)
	if err != nil {
		return nil, err
	}
	if err := db.Ping(ctx); err != nil {
		closed := db.Close()
		if errors.Is(err, store.ErrPending) {
			return nil, pending
		}
		return nil, errors.Join(storeError(err), closed)
	}
	return db, nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
