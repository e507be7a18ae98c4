package mail_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/secrets"
)

const token = "https://castle.example/account/password/reset#k7J2secret"

var letter = mail.Message{To: "Ann@Example.com", Subject: "Ihr Schlüssel", Text: "Öffnen:\n" + token + "\n.\nEnde", ID: "id-1"}

func openSender(t *testing.T, url string, cfg mail.Config) mail.Sender {
	t.Helper()
	if cfg.From == "" {
		cfg.From = "Castle <no-reply@castle.example>"
	}
	s, err := mail.Open(secrets.New(url), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *smtpServer) send(t *testing.T, format string, cfg mail.Config) error {
	t.Helper()
	if cfg.Roots == nil {
		cfg.Roots = s.roots
	}
	return openSender(t, fmt.Sprintf(format, s.port()), cfg).Send(t.Context(), letter)
}

func TestSMTP(t *testing.T) {
	for name, row := range map[string]struct {
		url      string
		implicit bool
		tls      bool
		user     string
	}{
		"plain on loopback":             {"smtp://127.0.0.1:%d", false, false, ""},
		"STARTTLS":                      {"smtp://127.0.0.1:%d?tls=starttls", false, true, ""},
		"STARTTLS with password":        {"smtp://ann%%40castle:p%%2Fss@127.0.0.1:%d?tls=starttls", false, true, "ann@castle"},
		"implicit TLS":                  {"smtps://127.0.0.1:%d", true, true, ""},
		"implicit TLS with password":    {"smtps://ann%%40castle:p%%2Fss@127.0.0.1:%d", true, true, "ann@castle"},
		"password in clear, loopback":   {"smtp://ann%%40castle:p%%2Fss@127.0.0.1:%d", false, false, "ann@castle"},
		"plain on loopback, said aloud": {"smtp://127.0.0.1:%d/?tls=none", false, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSMTP(t, func(s *smtpServer) { s.implicit = row.implicit })
			if err := s.send(t, row.url, mail.Config{}); err != nil {
				t.Fatalf("%v\n%s", err, s.transcript())
			}
			mails := s.mails()
			if len(mails) != 1 {
				t.Fatalf("%d mails arrived", len(mails))
			}
			got := mails[0]
			if got.tls != row.tls || got.user != row.user || row.user != "" && got.password != "p/ss" {
				t.Errorf("tls %v, user %q, password %q", got.tls, got.user, got.password)
			}
			if !strings.HasPrefix(got.from, "FROM:<no-reply@castle.example>") || !strings.HasPrefix(got.to, "TO:<Ann@example.com>") {
				t.Errorf("envelope %q, %q", got.from, got.to)
			}
			checkLetter(t, got.text)
		})
	}
}

// A domain goes to the server in ASCII, and a name in other letters as it is.
func TestSMTPUnicodeAddress(t *testing.T) {
	s := newSMTP(t, nil)
	m := letter
	m.To = "jürgen@bücher.example"
	if err := openSender(t, fmt.Sprintf("smtp://127.0.0.1:%d", s.port()), mail.Config{From: "Büro <büro@bücher.example>"}).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if got := s.mails()[0]; got.to != "TO:<jürgen@xn--bcher-kva.example>" || !strings.HasPrefix(got.from, "FROM:<büro@xn--bcher-kva.example>") {
		t.Errorf("envelope %q, %q", got.from, got.to)
	}
}

func checkLetter(t *testing.T, text string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	for name, want := range map[string]string{
		"From": `"Castle" <no-reply@castle.example>`, "To": "<Ann@example.com>", "Message-ID": "<id-1@castle.example>",
		"Auto-Submitted": "auto-generated", "User-Agent": "", "X-Mailer": "",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if _, err := m.Header.Date(); err != nil {
		t.Errorf("Date: %v", err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n")); got != letter.Text {
		t.Errorf("body %q", got)
	}
}

// CVE-2026-7666 is the class: after a failed STARTTLS the connection was still
// there in the clear, and the mail, and the password, went out on it.
func TestAttackFailedStartTLSSendsInClear(t *testing.T) {
	for name, change := range map[string]func(*smtpServer){
		"offer taken away":         func(s *smtpServer) { s.hideOffer = true },
		"refused":                  func(s *smtpServer) { s.answers["STARTTLS"] = "454 4.7.0 not now" },
		"handshake fails":          func(s *smtpServer) { s.brokenTLS = true },
		"certificate of nobody":    func(s *smtpServer) { _, s.roots = certificate(t) },
		"EHLO refused, HELO taken": func(s *smtpServer) { s.answers["EHLO"] = "502 no"; s.answers["HELO"] = "250 hello" },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSMTP(t, change)
			err := s.send(t, "smtp://ann:hunter2@127.0.0.1:%d?tls=starttls", mail.Config{})
			var failure *mail.Error
			if !errors.As(err, &failure) || failure.Permanent {
				t.Errorf("got %v, want a failure that may pass", err)
			}
			if said := s.transcript(); len(s.mails()) != 0 || strings.Contains(said, "AUTH") || strings.Contains(said, "MAIL") {
				t.Errorf("the client went on:\n%s", said)
			}
		})
	}
}

func TestSMTPFailures(t *testing.T) {
	for name, row := range map[string]struct {
		change    func(*smtpServer)
		permanent bool
		text      string
	}{
		"recipient unknown":   {func(s *smtpServer) { s.answers["RCPT"] = "550 5.1.1 <Ann@Example.com> unknown, hunter2" }, true, "mail: recipient refused (550 5.1.1)"},
		"recipient later":     {func(s *smtpServer) { s.answers["RCPT"] = "450 4.2.0 greylisted" }, false, "mail: recipient refused (450 4.2.0)"},
		"relaying denied":     {func(s *smtpServer) { s.answers["RCPT"] = "550 5.7.1 relaying denied" }, false, "mail: recipient refused (550 5.7.1)"},
		"sender refused":      {func(s *smtpServer) { s.answers["MAIL"] = "550 5.1.8 bad sender" }, false, "mail: sender refused (550 5.1.8)"},
		"credentials refused": {func(s *smtpServer) { s.answers["AUTH"] = "535 5.7.8 hunter2 is wrong for ann" }, false, "mail: mail server refused the session or the credentials (535)"},
		"text refused":        {func(s *smtpServer) { s.answers["data"] = "554 5.6.0 spam: " + token }, true, "mail: mail refused (554 5.6.0)"},
		"full":                {func(s *smtpServer) { s.answers["data"] = "452 4.3.1 full" }, false, "mail: mail refused (452 4.3.1)"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSMTP(t, row.change)
			if err := s.send(t, "smtps://ann:hunter2@127.0.0.1:%d", mail.Config{}); err == nil {
				t.Error("smtps talked to a server that begins in the clear")
			}
			s = newSMTP(t, func(s *smtpServer) { row.change(s); s.implicit = true })
			err := s.send(t, "smtps://ann:hunter2@127.0.0.1:%d", mail.Config{})
			var failure *mail.Error
			if !errors.As(err, &failure) {
				t.Fatalf("got %T %v", err, err)
			}
			if failure.Permanent != row.permanent || failure.Error() != row.text {
				t.Errorf("got %q, permanent %v; want %q, %v", failure, failure.Permanent, row.text, row.permanent)
			}
		})
	}
}

// What is accepted is sent, whatever comes after.
func TestSMTPBrokenFarewell(t *testing.T) {
	for name, change := range map[string]func(*smtpServer){
		"dropped at QUIT": func(s *smtpServer) { s.dropAtQuit = true },
		"RSET refused":    func(s *smtpServer) { s.answers["RSET"] = "421 4.3.2 closing" },
	} {
		s := newSMTP(t, change)
		if err := s.send(t, "smtp://127.0.0.1:%d", mail.Config{}); err != nil || len(s.mails()) != 1 {
			t.Errorf("%s: %v with %d mails", name, err, len(s.mails()))
		}
	}
}

func TestSMTPSlowServer(t *testing.T) {
	for _, verb := range []string{"EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA"} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			s := newSMTP(t, func(s *smtpServer) { s.silent = verb })
			err := s.send(t, "smtp://ann:hunter2@127.0.0.1:%d?tls=starttls", mail.Config{Timeout: 300 * time.Millisecond})
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		s := newSMTP(t, func(s *smtpServer) { s.silent = "MAIL" })
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		err := openSender(t, fmt.Sprintf("smtp://127.0.0.1:%d", s.port()), mail.Config{}).Send(ctx, letter)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestSMTPUnreachable(t *testing.T) {
	nobody := fmt.Sprintf("smtp://ann:hunter2@127.0.0.1:%d", services.Port(t))
	err := openSender(t, nobody, mail.Config{}).Send(t.Context(), letter)
	if err == nil || err.Error() != "mail: mail server cannot be reached" {
		t.Errorf("got %v", err)
	}
}

// No error and no formatted sender shows the password, the token or the address.
func TestErrorsHoldNoSecret(t *testing.T) {
	for _, change := range []func(*smtpServer){
		func(s *smtpServer) { s.answers["AUTH"] = "535 bad: AGFubgBodW50ZXIy hunter2 Ann@ " + token },
		func(s *smtpServer) { s.answers["RCPT"] = "550 hunter2 Ann@Example.com " + token },
		func(s *smtpServer) { s.answers["data"] = "554 hunter2 Ann@Example.com " + token },
		func(s *smtpServer) { s.answers["EHLO"] = "421 hunter2 Ann@Example.com " + token },
	} {
		s := newSMTP(t, change)
		err := s.send(t, "smtp://ann:hunter2@127.0.0.1:%d", mail.Config{})
		if err == nil {
			t.Fatal("no error")
		}
		for _, secret := range []string{"hunter2", "AGFubgBodW50ZXIy", "k7J2", "Ann"} {
			if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, secret) {
				t.Errorf("%q is in %s", secret, text)
			}
		}
	}
	sender := openSender(t, "smtp://ann:hunter2@mail.example", mail.Config{})
	if text := fmt.Sprintf("%v %+v %#v", sender, sender, sender); strings.Contains(text, "hunter2") {
		t.Errorf("the sender prints its password: %s", text)
	}
}

func TestOpenFaults(t *testing.T) {
	for _, url := range []string{
		"", "nonsense", "gopher://mail.example", "smtp://", "smtp://:587", "smtp://mail.example:0", "smtp://mail.example:99999",
		"smtp://hunter2@mail.example", "smtp://:hunter2@mail.example", "smtp://mail.example?tls=maybe", "smtp://mail.example?tls=starttls&tls=none",
		"smtp://mail.example?insecure=1", "smtp://mail.example/path", "smtps://mail.example?tls=none", "smtp://ann:hunter2@mail.example?tls=none",
		"smtp://ann:hunter2%@mail.example", "smtp:mail.example", "console:x", "console://host", "memory:x", "file:", "file://host/path", "file:///tmp?x=hunter2",
		"console:?x=hunter2", "hunter2://x?y",
	} {
		_, err := mail.Open(secrets.New(url), mail.Config{From: "a@castle.example", Console: io.Discard})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", url, err)
		}
	}
	for _, from := range []string{"", "nobody", "a@castle.example, b@castle.example", "A\r\nBcc: x@y.example <a@castle.example>", "a@localhostess"} {
		if _, err := mail.Open(secrets.New("console:"), mail.Config{From: from, Console: io.Discard}); err == nil {
			t.Errorf("From %q was taken", from)
		}
	}
	for url, cfg := range map[string]mail.Config{
		"console:": {}, "memory:": {}, "smtp://mail.example": {Mailbox: new(mail.Mailbox)}, "smtps://mail.example": {Timeout: -1}, "smtp://mail.example:25": {Hello: "a b"},
	} {
		cfg.From = "a@castle.example"
		if _, err := mail.Open(secrets.New(url), cfg); err == nil {
			t.Errorf("%s with %+v was taken", url, cfg)
		}
	}
}
