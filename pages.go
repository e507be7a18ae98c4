package merlon

import (
	"net/http"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/csrf"
	"github.com/merlon-go/merlon/internal/deny"
	"github.com/merlon-go/merlon/internal/pages"
	"github.com/merlon-go/merlon/internal/request"
	"github.com/merlon-go/merlon/safehtml"
)

// devMails is where mail is shown in development.
const devMails = "/-/dev/mail"

// pages loads the templates and static files of all pages of the site.
func (b *builder) pages(c Config) {
	var err error
	b.site.static, err = safehtml.NewStatic(safehtml.StaticConfig{FS: safehtml.Overlay(c.Static, pages.Static())})
	if err != nil {
		b.whole(err)
		return
	}
	b.site.templates, err = safehtml.Load(safehtml.Config{
		FS: safehtml.Overlay(c.Pages, accounts.Files()), Static: b.site.static, Funcs: pages.Funcs(),
		Nonce: csp.Nonce, CSRFToken: csrf.Token, CSRFFieldName: csrf.FieldName,
	})
	b.whole(err)
}

// strictHash is the preset of that name with the scripts and inline blocks of
// the site's own pages, hashed as they are sent.
func (b *builder) strictHash() csp.Policy {
	if b.site.templates == nil {
		return csp.StrictHash() // a fault that is reported already
	}
	outline, err := b.site.templates.Outline()
	b.whole(err)
	scripts, styles, err := csp.InlineHashes(outline)
	b.whole(err)
	for _, hash := range b.site.static.Scripts() {
		scripts = append(scripts, csp.Source("'"+hash+"'"))
	}
	return csp.StrictHash(scripts...).Update(csp.Policy{csp.StyleSrc: styles})
}

// deny answers a refused request: problem+json for programs, a page in the
// site's own clothes for people.
func (s *Site) deny(w http.ResponseWriter, r *http.Request, refusal *deny.Refusal) {
	if s.templates == nil || deny.WantsJSON(r) {
		deny.Write(w, r, refusal)
		return
	}
	info, r := request.Attach(r)
	deny.Prepare(w.Header(), info.ID())
	page := pages.NewError(refusal.Status, info.ID())
	page.SiteName = s.name
	s.render(w, r, refusal.Status, "site/error", page)
}

// Refuse answers a request that a handler of the site's own refuses, as the
// controls do: the bare status for the client, on a page in the site's clothes
// or as problem+json, and the reason for the audit trail.
func (s *Site) Refuse(w http.ResponseWriter, r *http.Request, refusal *Refusal) {
	deny.Refuse(w, r, refusal, s.sink, s.deny)
}

// render writes a page. A template that fails is answered by safehtml with a
// bare 500, and logged here.
func (s *Site) render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	if err := s.templates.Render(w, r, status, name, data); err != nil {
		s.logger.ErrorContext(r.Context(), "page failed", "page", name, "error", err)
	}
}

// welcome is the front page of a site that has none of its own.
func (s *Site) welcome(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		s.deny(w, r, &deny.Refusal{Status: http.StatusNotFound, Control: "merlon", Reason: "not-found"})
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		s.deny(w, r, &deny.Refusal{Status: http.StatusMethodNotAllowed, Control: "merlon", Reason: "method"})
		return
	}
	user, err := accounts.From(r.Context())
	if err != nil {
		s.deny(w, r, &deny.Refusal{Status: http.StatusServiceUnavailable, Control: "accounts", Reason: "store", Err: err})
		return
	}
	page := pages.Welcome{
		SiteName: s.name, SignupOpen: s.queue != nil, Dev: s.mailbox != nil, MailPath: devMails,
		RequestID: RequestID(r.Context()),
	}
	if user != nil {
		page.Email = user.Email
	}
	page.Protections = s.protections(w.Header(), r)
	s.render(w, r, http.StatusOK, "site/welcome", page)
}

// devMail lists the mail that was sent since the start, newest first. It is
// there in development only, where the site listens on loopback alone.
func (s *Site) devMail(w http.ResponseWriter, r *http.Request) {
	s.render(w, r, http.StatusOK, "site/mails", pages.Mails{SiteName: s.name, Mails: s.delivered()})
}

// devMessage shows one mail.
func (s *Site) devMessage(w http.ResponseWriter, r *http.Request) {
	path := devMails + "/" + r.PathValue("id")
	for _, m := range s.delivered() {
		if m.Path == path {
			s.render(w, r, http.StatusOK, "site/mail", m)
			return
		}
	}
	s.deny(w, r, &deny.Refusal{Status: http.StatusNotFound, Control: "merlon", Reason: "not-found"})
}

func (s *Site) delivered() []pages.Mail {
	var all []pages.Mail
	for _, d := range s.mailbox.Messages() {
		all = append(all, pages.Mail{
			SiteName: s.name, Path: devMails + "/" + d.ID, To: d.To, Subject: d.Subject,
			Text: d.Text, HTML: d.HTML, Sent: d.At,
		})
	}
	return all
}
