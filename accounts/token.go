package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/merlon-go/merlon/internal/request"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/secrets"
)

// secretLength is the length of secrets.Token.
const secretLength = 43

// digest is what is stored of a secret. The secret has 256 random bits, so a
// plain hash is enough (ASVS 6.5.2).
func digest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// lookup returns the token that a link names, without using it.
func (a *Accounts) lookup(r *http.Request, secret string, p Purpose) (Token, error) {
	if len(secret) != secretLength {
		return Token{}, ErrToken
	}
	return a.cfg.Store.Token(r.Context(), digest(secret), p, a.now(r))
}

// issue stores a token and the mail about it. An address that has got as many
// mails as it may gets no further one, and the caller does not learn it.
func (a *Accounts) issue(ctx context.Context, t Token, l letter, to string) error {
	entry, err := a.letter(ctx, l, to, t.Expires)
	if err != nil {
		return err
	}
	b := Budget{Max: a.cfg.MailBudget, Since: t.Created.Add(-time.Hour)}
	err = a.cfg.Store.Issue(ctx, t, entry, b)
	if errors.Is(err, ErrTooMany) {
		return nil
	}
	if err == nil {
		a.cfg.Mail.Wake()
	}
	return err
}

// letter makes the outbox entry of a mail.
func (a *Accounts) letter(ctx context.Context, l letter, to string, expires time.Time) (mail.Entry, error) {
	html, err := a.pages.HTML(ctx, "mail/letter", l)
	if err != nil {
		return mail.Entry{}, err
	}
	return a.cfg.Mail.Prepare(mail.Message{To: to, Subject: l.Subject, Text: l.text(), HTML: html, Expires: expires})
}

// The sign-up cookie ties a confirmation link to the browser that asked for it,
// and lets the page after sign-up say where the mail went. Its value is a
// secret, a dot and the address as typed, both in base64url.

func (a *Accounts) setBrowser(w http.ResponseWriter, secret, email string) {
	a.setCookie(w, secret+"."+base64.RawURLEncoding.EncodeToString([]byte(email)), int(a.cfg.VerifyAge/time.Second))
}

func (a *Accounts) forgetBrowser(w http.ResponseWriter) { a.setCookie(w, "", -1) }

func (a *Accounts) setCookie(w http.ResponseWriter, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name: a.cookie, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: !a.cfg.InsecureCookie,
		SameSite: http.SameSiteLaxMode, // Strict would not come with the click in a webmail
	})
}

// browser returns the sign-up cookie's secret and address, "" without one.
func (a *Accounts) browser(r *http.Request) (secret, email string) {
	value, _ := request.Cookie(r.Header, a.cookie)
	secret, encoded, _ := strings.Cut(value, ".")
	if len(secret) != secretLength || len(encoded) > 512 {
		return "", ""
	}
	address, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return secret, ""
	}
	if _, shown, err := mail.Canonical(string(address)); err == nil {
		email = shown
	}
	return secret, email
}

// sameBrowser reports whether r comes from the browser that t is tied to.
func (a *Accounts) sameBrowser(r *http.Request, t Token) bool {
	if a.cfg.AllowAnyBrowser {
		return true
	}
	secret, _ := a.browser(r)
	return secret != "" && subtle.ConstantTimeCompare(digest(secret), t.Browser) == 1
}

// newID returns a UUID of version 7 (RFC 9562): 48 bits of time, for the
// database's sake, and 74 random ones, so that it cannot be guessed or counted.
func newID(now time.Time) string {
	var b [16]byte
	rand.Read(b[6:]) // never fails since Go 1.24
	ms := now.UnixMilli()
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// secretOf wraps an encoded hash.
func secretOf(encoded string) secrets.Secret { return secrets.New(encoded) }
