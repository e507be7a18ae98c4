// Package console is the part of a site that its staff sees, below /console/:
// what browsers reported about the content security policy, and what to change.
//
// It serves whoever runs a site against policies that nobody dares to enforce,
// since nobody knows what they would break. Everybody but signed-in users with
// the staff flag gets the page of a missing address, and each try is audited.
//
// It changes nothing: every page answers GET alone, and none has a form that
// posts. What it does not do: it does not replace the commands, which work on a
// site that is down, and it asks for no second factor of its own.
//
//	staff, err := console.New(console.Config{Site: site, Reports: db.CSPReports()})
//	handler := site.Protect(staff.Handler(app))
package console

import (
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/csrf"
	"github.com/merlon-go/merlon/internal/pages"
	"github.com/merlon-go/merlon/internal/request"
	"github.com/merlon-go/merlon/safehtml"
)

//go:embed pages
var embedded embed.FS

// root is where the console is.
const root = "/console/"

// Config says what the console shows. Site and Reports are required.
type Config struct {
	Site *merlon.Site
	// Reports is the store that the site's receiver writes to.
	Reports csp.ReportStore
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// A Console shows its pages to staff. It is immutable and safe for concurrent use.
type Console struct {
	config    Config
	templates *safehtml.Templates
	mux       *http.ServeMux
}

// New returns the console of a site.
func New(config Config) (*Console, error) {
	if config.Site == nil || config.Reports == nil {
		return nil, errors.New("console: no site, or no store of reports")
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	own, err := fs.Sub(embedded, "pages")
	if err != nil {
		return nil, err
	}
	static, err := safehtml.NewStatic(safehtml.StaticConfig{FS: pages.Static()})
	if err != nil {
		return nil, err
	}
	funcs := pages.Funcs()
	funcs["sentence"] = sentence
	c := &Console{config: config, mux: http.NewServeMux()}
	c.templates, err = safehtml.Load(safehtml.Config{
		FS: safehtml.Overlay(own, pages.Templates()), Static: static, Funcs: funcs,
		Nonce: csp.Nonce, CSRFToken: csrf.Token, CSRFFieldName: csrf.FieldName,
	})
	if err != nil {
		return nil, err
	}
	c.mux.HandleFunc("GET "+root+"{$}", c.home)
	c.mux.HandleFunc("GET "+root+"csp", c.csp)
	return c, nil
}

// Handler returns a handler that answers everything below /console/ and leaves
// the rest to next. It must run inside [merlon.Site.Protect].
func (c *Console) Handler(next http.Handler) http.Handler {
	staff := c.config.Site.Accounts().Require(http.HandlerFunc(c.staffOnly))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path+"/" == root || strings.HasPrefix(r.URL.Path, root) {
			staff.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (c *Console) staffOnly(w http.ResponseWriter, r *http.Request) {
	missing := &merlon.Refusal{Status: http.StatusNotFound, Control: "console", Reason: "no-such-page"}
	user, err := accounts.From(r.Context())
	switch {
	case err != nil:
		c.config.Site.Refuse(w, r, &merlon.Refusal{Status: http.StatusServiceUnavailable, Control: "console", Reason: "store", Err: err})
		return
	case user == nil || !user.Staff:
		missing.Reason, missing.Event = "not-staff", audit.AuthorizationFail
		c.config.Site.Refuse(w, r, missing)
		return
	case r.URL.Path+"/" == root:
		http.Redirect(w, r, root, http.StatusMovedPermanently)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		c.config.Site.Refuse(w, r, &merlon.Refusal{Status: http.StatusMethodNotAllowed, Control: "console", Reason: "method"})
		return
	}
	if _, pattern := c.mux.Handler(r); pattern == "" {
		c.config.Site.Refuse(w, r, missing)
		return
	}
	request.NoShare(w.Header()) // what staff sees is nobody else's
	c.mux.ServeHTTP(w, r)
}

// sentence makes a sentence of what package csp says.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// page is what every page has.
type page struct {
	SiteName string
	Now      time.Time
}

func (c *Console) page() page { return page{SiteName: c.config.Site.Name(), Now: c.config.Now()} }

func (c *Console) home(w http.ResponseWriter, r *http.Request) {
	c.render(w, r, "console/home", c.page())
}

// render writes a page; if its template fails, safehtml has answered with 500.
func (c *Console) render(w http.ResponseWriter, r *http.Request, name string, data any) {
	_ = c.templates.Render(w, r, http.StatusOK, name, data)
}
