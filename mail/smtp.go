package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/merlon-go/merlon/secrets"
)

// server sends over SMTP, one connection for each mail: mails are rare, and a
// connection kept open is one more thing that can be stale.
type server struct {
	cfg      Config
	host     string
	port     int
	user     string
	password secrets.Secret
	implicit bool // TLS from the first byte
	plain    bool // no TLS
}

// Send delivers m to the server. Every error is an [*Error], or wraps [ErrMessage].
func (s *server) Send(ctx context.Context, m Message) error {
	msg, err := compose(&s.cfg, m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	client, err := s.client(ctx)
	if err != nil {
		return &Error{Step: "configuration refused by the mail library"}
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() {
		return nil // once the server has the mail, a broken farewell does not matter
	}
	return failure(ctx, err)
}

func (s *server) client(ctx context.Context) (*gomail.Client, error) {
	config := &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12, RootCAs: s.cfg.Roots, Time: s.cfg.Now}
	options := []gomail.Option{
		// ctx ends first, so that a timeout is known as one.
		gomail.WithPort(s.port), gomail.WithTimeout(s.cfg.Timeout + time.Minute), gomail.WithHELO(s.cfg.Hello),
		gomail.WithTLSConfig(config), gomail.WithDialContextFunc(s.dialer(ctx, config)),
		gomail.WithoutNoop(),
	}
	switch {
	case s.implicit:
		options = append(options, gomail.WithSSL())
	case s.plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.user != "" {
		options = append(options, gomail.WithUsername(s.user), gomail.WithPassword(s.password.Reveal()),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return gomail.NewClient(s.host, options...)
}

// dialer makes the end of ctx end the whole dialogue: the library itself only
// renews a deadline for each step.
func (s *server) dialer(ctx context.Context, config *tls.Config) gomail.DialContextFunc {
	return func(dialCtx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(dialCtx, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(ctx, func() { conn.Close() })
		if !s.implicit {
			return conn, nil
		}
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(dialCtx); err != nil {
			conn.Close()
			return nil, err
		}
		return secure, nil
	}
}

// failure tells what went wrong without repeating what the server said: it
// may quote the address, the credentials or a line of the mail.
func failure(ctx context.Context, err error) *Error {
	if cause := ctx.Err(); cause != nil {
		return &Error{Step: "mail server too slow, or stopped", cause: cause}
	}
	var send *gomail.SendError
	if errors.As(err, &send) {
		e := &Error{Step: step(send.Reason), Code: send.ErrorCode(), Status: send.EnhancedStatusCode()}
		// A 5xx for this recipient or this text will not change. One for the
		// sender or for relaying (x.7.x) is a matter of configuration,
		// and so may be mended while the mail waits.
		final := send.Reason == gomail.ErrSMTPRcptTo || send.Reason == gomail.ErrSMTPDataClose
		e.Permanent = final && 550 <= e.Code && e.Code <= 559 && !strings.HasPrefix(e.Status, "5.7.")
		return e
	}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return &Error{Step: "mail server refused the session or the credentials", Code: reply.Code}
	}
	var cert *tls.CertificateVerificationError
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case errors.As(err, &cert):
		return &Error{Step: "mail server's certificate is not valid for it"}
	case errors.As(err, &dns):
		return &Error{Step: "mail server's name is not known"}
	case errors.As(err, &op) && op.Op == "dial":
		return &Error{Step: "mail server cannot be reached"}
	case strings.Contains(err.Error(), "STARTTLS"):
		return &Error{Step: "mail server does not offer STARTTLS"}
	case strings.Contains(err.Error(), "tls:"):
		return &Error{Step: "TLS with the mail server failed"}
	}
	return &Error{Step: "dialogue with the mail server failed"}
}

func step(reason gomail.SendErrReason) string {
	switch reason {
	case gomail.ErrSMTPMailFrom:
		return "sender refused"
	case gomail.ErrSMTPRcptTo:
		return "recipient refused"
	case gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
		return "mail refused"
	}
	return "sending failed"
}

// compose builds the mail: text, and HTML beside it if there is any.
func compose(cfg *Config, m Message) (*gomail.Msg, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	_, display, err := Canonical(m.To)
	if err != nil {
		return nil, err
	}
	if m.ID == "" {
		m.ID = secrets.Token()
	}
	// Without a user agent and with the site's own domain in the Message-ID,
	// nothing tells which software and machine sent it.
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(cfg.from)
	if err := msg.To(wire(display)); err != nil {
		return nil, errors.Join(ErrMessage, errors.New("mail: recipient's address"))
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.ID + "@" + cfg.domain)
	msg.SetDateWithValue(cfg.Now())
	// RFC 3834: no holiday notices, please.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}
