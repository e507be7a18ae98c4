package accounts

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/csrf"
	"github.com/merlon-go/merlon/internal/pages"
	"github.com/merlon-go/merlon/safehtml"
)

//go:embed pages
var embedded embed.FS

// Files returns the templates of the account pages and mails, with the layout
// they stand in. Put a file system of your own before it with safehtml.Overlay
// to change single files.
func Files() fs.FS {
	own, err := fs.Sub(embedded, "pages")
	if err != nil {
		return nil // the path is valid
	}
	return safehtml.Overlay(own, pages.Templates())
}

// ownPages loads the pages as they are.
func (a *Accounts) ownPages() error {
	static, err := safehtml.NewStatic(safehtml.StaticConfig{FS: pages.Static()})
	if err != nil {
		return err
	}
	set, err := safehtml.Load(safehtml.Config{
		FS: Files(), Static: static, Nonce: csp.Nonce, CSRFToken: csrf.Token, CSRFFieldName: csrf.FieldName,
		Funcs: pages.Funcs(),
	})
	if err != nil {
		return err
	}
	a.pages, a.static = set, static
	return nil
}

// needed are the pages that must be there.
var needed = []string{
	"account/home", "account/login", "account/logout", "account/signup", "account/sent", "account/verify", "account/dead",
	"account/password_change", "account/password_reset", "account/password_reset_sent", "account/password_reset_set",
	"account/sessions", "account/unlock", "mail/letter",
}

func (a *Accounts) checkPages() error {
	for _, name := range needed {
		if !a.pages.Has(name) {
			return fmt.Errorf("accounts: Pages has no page %q", name)
		}
	}
	return nil
}
