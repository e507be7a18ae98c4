package merlon

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/merlon-go/merlon/mail"
)

// Where RFC 9116 looks for the file, and where those who came before it do.
const (
	pathSecurityTxt    = "/.well-known/security.txt"
	pathOldSecurityTxt = "/security.txt"
)

// freshness is how far ahead the expiry lies that nobody set: less than the
// year that RFC 9116 recommends, and long enough for copies. It moves on while
// the site runs, since a file that dies on its own tells nobody anything; who
// wants the reminder sets SECURITY_TXT_EXPIRES.
const freshness = 180 * 24 * time.Hour

// securityTxt tells those who found a hole whom to tell (RFC 9116). It is
// immutable and safe for concurrent use.
type securityTxt struct {
	before, after string // what stands before and after Expires
	expires       time.Time
	now           func() time.Time
}

func (t *securityTxt) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	expires := t.expires
	if expires.IsZero() {
		// Whole days, so that all nodes answer alike.
		expires = t.now().UTC().Truncate(24 * time.Hour).Add(freshness)
	}
	h := w.Header()
	h["Content-Type"] = []string{"text/plain; charset=utf-8"}
	h["Cache-Control"] = []string{"max-age=3600"}
	io.WriteString(w, t.before+"Expires: "+expires.Format(time.RFC3339)+"\n"+t.after)
}

// securityTxt makes the file of the settings, none if they name no contact.
func (b *builder) securityTxt() {
	s := b.set.Security
	var before, after strings.Builder
	for _, contact := range s.Contact {
		uri, err := contactURI(contact)
		b.try("SECURITY_CONTACT", contact, err)
		before.WriteString("Contact: " + uri + "\n")
	}
	page := func(key, field, text string) {
		if text == "" {
			return
		}
		if u, err := url.Parse(text); err != nil || u.Scheme != "https" || u.Host == "" || strings.ContainsAny(text, " \t") {
			b.try(key, text, errors.New("security.txt: not an https URL"))
		}
		after.WriteString(field + ": " + text + "\n")
	}
	page("SECURITY_ENCRYPTION_URL", "Encryption", s.EncryptionURL)
	page("SECURITY_ACKNOWLEDGMENTS_URL", "Acknowledgments", s.AcknowledgmentsURL)
	if len(s.Languages) > 0 {
		for _, tag := range s.Languages {
			if !languageTag.MatchString(tag) {
				b.try("SECURITY_LANGUAGES", tag, errors.New("security.txt: not a language; write en or pt-BR"))
			}
		}
		after.WriteString("Preferred-Languages: " + strings.Join(s.Languages, ", ") + "\n")
	}
	// A signed copy elsewhere could claim to be this site's: the file names its
	// place, by the origin that no request can forge.
	if u := b.set.Hosts.PublicURL; u != nil && u.Scheme == "https" {
		after.WriteString("Canonical: https://" + u.Host + pathSecurityTxt + "\n")
	}
	page("SECURITY_POLICY_URL", "Policy", s.PolicyURL)
	page("SECURITY_HIRING_URL", "Hiring", s.HiringURL)
	if len(s.Contact) > 0 {
		b.site.security = &securityTxt{before.String(), after.String(), s.Expires, b.site.now}
	}
}

// languageTag is the shape of a tag of BCP 47.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$`)

// telephone is a number in the form of RFC 3966, global.
var telephone = regexp.MustCompile(`^tel:\+[0-9][0-9.()-]{3,40}$`)

// contactURI is the contact as RFC 9116 wants it: a mail address without a
// scheme gets one.
func contactURI(text string) (string, error) {
	if strings.ContainsAny(text, " \t") {
		return "", errors.New("security.txt: white space in a contact")
	}
	u, err := url.Parse(text)
	switch {
	case err == nil && u.Scheme == "https" && u.Host != "", telephone.MatchString(text):
		return text, nil
	case err == nil && u.Scheme == "http":
		return "", errors.New("security.txt: a contact over http; write https")
	}
	address := text
	if len(text) > len("mailto:") && strings.EqualFold(text[:len("mailto:")], "mailto:") {
		address, _, _ = strings.Cut(text[len("mailto:"):], "?")
	}
	if _, _, err := mail.Canonical(address); err != nil {
		return "", errors.New("security.txt: not a mail address, tel: or https: URI")
	}
	if address == text {
		return "mailto:" + url.PathEscape(text), nil
	}
	return text, nil
}
