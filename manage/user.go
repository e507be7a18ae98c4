package manage

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/passwords"
)

func newUser(p *Program) *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "user COMMAND",
		Short: "Create, list, disable and repair accounts",
	})
	cmd.AddCommand(
		newUserCreate(p, userCreate),
		newUserList(p, userList),
		newUserShow(p, userShow),
		newUserSwitch(p, "disable", "Bar an account from signing in, and end its sessions", (*accounts.Accounts).Disable, userSwitch),
		newUserSwitch(p, "enable", "Let a disabled account sign in again", (*accounts.Accounts).Enable, userSwitch),
		newUserSwitch(p, "unlock", "Forget the failed sign-ins of an account, and so unlock it", nil, userUnlock),
		newUserSwitch(p, "sign-out", "End all sessions of an account", (*accounts.Accounts).SignOut, userSwitch),
		newUserSetPassword(p, userSetPassword),
		newUserSetStaff(p, userSetStaff),
	)
	return cmd
}

// withSite composes the site over its real database, for commands that work on
// accounts, and closes the database afterwards.
func (p *Program) withSite(ctx context.Context, dev bool, work func(site *merlon.Site) error) (err error) {
	set, err := p.Load(dev, nil)
	if err != nil {
		return err
	}
	var db Database
	if dev {
		if db, err = p.Open(ctx, set, false); err == nil {
			_, err = db.Migrate(ctx)
		}
	} else {
		db, err = p.ready(ctx, set)
	}
	if db != nil {
		defer func() { err = errors.Join(err, db.Close()) }()
	}
	if err != nil {
		return storeError(err)
	}
	stores, shared, err := p.stores(set, db)
	if err != nil {
		return err
	}
	if shared != nil {
		defer shared.Close()
	}
	site, err := p.compose(merlon.Config{Settings: set, SiteName: p.SiteName, Console: io.Discard, Now: p.Env.Now, Stores: stores})
	if err != nil {
		return p.badSettings(err)
	}
	return accountError(countsError(work(site)))
}

// accountError says in a person's words what package accounts reports.
func accountError(err error) error {
	if problems, ok := errors.AsType[passwords.Problems](err); ok {
		e := &Error{Code: ExitNotAllowed, Text: "the password is not accepted"}
		for _, problem := range problems {
			e.Lines = append(e.Lines, problem.Text)
		}
		return e
	}
	switch {
	case errors.Is(err, accounts.ErrNotFound):
		return &Error{Text: "no such account"}
	case errors.Is(err, accounts.ErrExists):
		return &Error{Text: "there is an account with this address already", Hints: []string{"user show EMAIL shows it"}}
	case errors.Is(err, mail.ErrAddress):
		return usage("this is no e-mail address that can be used")
	}
	return err
}

// maxPassword bounds a password that is read from standard input, in bytes.
const maxPassword = 4096

// password asks for a password: on standard input if fromStdin is set, else
// twice at the terminal, where it is not shown.
func (p *Program) password(fromStdin bool) (string, error) {
	env := p.Env
	switch {
	case fromStdin:
		line, err := bufio.NewReader(io.LimitReader(env.Stdin, maxPassword+2)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", failed("reading the password", err)
		}
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if line == "" || len(line) > maxPassword {
			return "", usage("no password on standard input, or one longer than 4096 bytes")
		}
		return line, nil
	case !env.StdinTerminal || env.ReadPassword == nil:
		return "", usage("there is no terminal to ask for a password at", "give it on standard input with --password-stdin")
	}
	first, err := p.prompt("Password: ")
	if err != nil {
		return "", err
	}
	second, err := p.prompt("Again: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", &Error{Text: "the two passwords differ"}
	}
	if first == "" {
		return "", &Error{Text: "no password was given"}
	}
	return first, nil
}

func (p *Program) prompt(text string) (string, error) {
	fmt.Fprint(p.Env.Stderr, text)
	answer, err := p.Env.ReadPassword()
	fmt.Fprintln(p.Env.Stderr)
	if err != nil {
		return "", failed("reading the password", err)
	}
	return answer, nil
}

// userJSON is what `--format json` shows of an account.
type userJSON struct {
	ID        string     `json:"id"`
	Email     string     `json:"email"`
	Verified  bool       `json:"verified"`
	Disabled  bool       `json:"disabled"`
	Staff     bool       `json:"staff"`
	Created   time.Time  `json:"created"`
	LastLogin *time.Time `json:"last_login"`
}

func userInfo(u accounts.User) userJSON {
	info := userJSON{ID: u.ID, Email: u.Email, Verified: u.Verified, Disabled: u.Disabled, Staff: u.Staff, Created: u.Created.UTC()}
	if !u.LastLogin.IsZero() {
		last := u.LastLogin.UTC()
		info.LastLogin = &last
	}
	return info
}

// state says in words what an account may do.
func (u userJSON) state() string {
	var words []string
	if u.Disabled {
		words = append(words, "disabled")
	}
	if !u.Verified {
		words = append(words, "not verified")
	}
	if u.Staff {
		words = append(words, "staff")
	}
	if len(words) == 0 {
		return "active"
	}
	return strings.Join(words, ", ")
}

// when writes a time for people.
func when(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.Format("2006-01-02 15:04") + " UTC"
}
