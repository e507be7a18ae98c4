package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxSubject = 255       // bytes
	maxBody    = 256 << 10 // bytes of Text and of HTML, each
)

// ErrMessage is wrapped by the errors about a message that can never be sent.
var ErrMessage = errors.New("mail: invalid message")

// A Message is one mail to one person.
type Message struct {
	// To is the address, without a name: the one that was stored, not the one
	// that was typed into the form that asks for this mail.
	To      string
	Subject string
	// Text is the body as plain text. HTML, if not "", is the same as HTML.
	Text, HTML string
	// Expires is when the mail is of no more use, as its link has expired: a
	// queue gives it up then. The zero Time means never.
	Expires time.Time
	// ID, if not "", is the left part of the Message-ID: letters, digits, "-"
	// and "_". A queue sets it, so that a mail sent twice is recognised.
	ID string
}

// A Sender sends mail. Implementations must be safe for concurrent use, must
// respect ctx, and must put neither credentials nor anything from the body into
// an error. An [*Error] with Permanent set says that trying again is useless.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Check reports why m can never be sent; the error wraps [ErrMessage] and
// holds nothing of the message.
func (m Message) Check() error {
	bad := func(what string) error { return fmt.Errorf("%w: %s", ErrMessage, what) }
	if _, _, err := Canonical(m.To); err != nil {
		return bad("recipient's address")
	}
	switch {
	case m.Subject == "" || len(m.Subject) > maxSubject:
		return bad("subject empty or too long")
	case hasControl(m.Subject):
		return bad("subject with a line break or control character") // header injection
	case m.Text == "":
		return bad("no text")
	case len(m.Text) > maxBody || len(m.HTML) > maxBody:
		return bad("body too long")
	case !utf8.ValidString(m.Subject) || !utf8.ValidString(m.Text) || !utf8.ValidString(m.HTML):
		return bad("not UTF-8")
	case strings.ContainsRune(m.Text, 0) || strings.ContainsRune(m.HTML, 0):
		return bad("body with NUL")
	case !validID(m.ID):
		return bad("id")
	}
	return nil
}

func validID(id string) bool {
	if len(id) > 64 {
		return false
	}
	for _, c := range []byte(id) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// hasControl reports whether s has a character that ends or hides text in a
// header line.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r < 0x20 || 0x7f <= r && r < 0xa0 || r == 0x2028 || r == 0x2029
	})
}

// Error is a failure to send. Its text holds no credentials, no address and
// nothing that the server said beyond its codes: servers quote what they refuse.
type Error struct {
	Step      string // what failed, such as "recipient refused"
	Code      int    // SMTP reply code, 0 if none
	Status    string // enhanced status code such as "5.1.1", or ""
	Permanent bool   // trying again is useless: the recipient or the text is refused
	cause     error  // nil, or the error of ctx
}

func (e *Error) Error() string {
	switch {
	case e.Code == 0:
		return "mail: " + e.Step
	case e.Status == "":
		return fmt.Sprintf("mail: %s (%d)", e.Step, e.Code)
	}
	return fmt.Sprintf("mail: %s (%d %s)", e.Step, e.Code, e.Status)
}

// Unwrap returns the context's error if that ended the attempt.
func (e *Error) Unwrap() error { return e.cause }
