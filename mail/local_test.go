package mail_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/mail"
)

func TestMessageCheck(t *testing.T) {
	for name, change := range map[string]func(*mail.Message){
		"no recipient":        func(m *mail.Message) { m.To = "" },
		"two recipients":      func(m *mail.Message) { m.To = "a@example.com, b@example.com" },
		"no subject":          func(m *mail.Message) { m.Subject = "" },
		"long subject":        func(m *mail.Message) { m.Subject = strings.Repeat("s", 256) },
		"subject not UTF-8":   func(m *mail.Message) { m.Subject = "\xff" },
		"no text":             func(m *mail.Message) { m.Text, m.HTML = "", "<p>" },
		"long text":           func(m *mail.Message) { m.Text = strings.Repeat("t", 10<<20) },
		"NUL in text":         func(m *mail.Message) { m.Text = "a\x00b" },
		"NUL in HTML":         func(m *mail.Message) { m.HTML = "a\x00b" },
		"id with line break":  func(m *mail.Message) { m.ID = "a\nb" },
		"id with bracket":     func(m *mail.Message) { m.ID = "a>" },
		"id of 65 characters": func(m *mail.Message) { m.ID = strings.Repeat("a", 65) },
	} {
		m := letter
		change(&m)
		if err := m.Check(); !errors.Is(err, mail.ErrMessage) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := letter.Check(); err != nil {
		t.Error(err)
	}
}

// A name that a user chose stands in subjects; it must not become a header.
func TestAttackHeaderInjection(t *testing.T) {
	var out bytes.Buffer
	dir := t.TempDir()
	s := newSMTP(t, nil)
	for _, sender := range []mail.Sender{
		openSender(t, "console:", mail.Config{Console: &out}), openSender(t, "file://"+dir, mail.Config{}),
		openSender(t, fmt.Sprintf("smtp://127.0.0.1:%d", s.port()), mail.Config{}), new(mail.Mailbox),
	} {
		for _, text := range []string{"a\r\nBcc: b@example.com", "a\nb", "a\rb", "a\u2028b", "a\u0085b", "a\x00b", "a\x7fb"} {
			m := letter
			m.Subject = text
			if err := sender.Send(t.Context(), m); !errors.Is(err, mail.ErrMessage) {
				t.Errorf("%T with subject %q: %v", sender, text, err)
			}
			m = letter
			m.To = "a" + text + "@example.com"
			if err := sender.Send(t.Context(), m); !errors.Is(err, mail.ErrMessage) {
				t.Errorf("%T to %q: %v", sender, m.To, err)
			}
		}
	}
	if files, _ := os.ReadDir(dir); out.Len() > 0 || len(files) > 0 || len(s.mails()) > 0 {
		t.Error("something was sent")
	}
}

func TestConsole(t *testing.T) {
	var out bytes.Buffer
	m := letter
	m.Text = "Hello \x1b]0;owned\x07\x1b[2J\u202eann,\r\n" + token
	if err := openSender(t, "console:", mail.Config{Console: &out}).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, want := range []string{"To: Ann@Example.com\n", "Subject: Ihr Schlüssel\n", "\n" + token + "\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if strings.ContainsAny(text, "\x1b\x07\r\u202e") {
		t.Errorf("the mail steers the terminal: %q", text)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestConsoleFails(t *testing.T) {
	var failure *mail.Error
	if err := openSender(t, "console:", mail.Config{Console: failing{}}).Send(t.Context(), letter); !errors.As(err, &failure) {
		t.Errorf("got %v", err)
	}
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail out")
	var box mail.Mailbox
	s := openSender(t, "file://"+strings.ReplaceAll(dir, " ", "%20"), mail.Config{Mailbox: &box})
	m := letter
	m.HTML = "<p>Öffnen</p>"
	for _, m := range []mail.Message{letter, m} {
		if err := s.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	all, _ := os.ReadDir(dir)
	if err != nil || len(files) != 2 || len(all) != 2 || len(box.Messages()) != 2 {
		t.Fatalf("%v of %v, %d in the mailbox", files, all, len(box.Messages()))
	}
	html := 0
	for _, name := range files {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("multipart/alternative")) {
			html++
			continue
		}
		checkLetter(t, string(text))
	}
	if html != 1 {
		t.Errorf("%d mails with HTML", html)
	}
	if err := openSender(t, "file:///dev/null/mail", mail.Config{}).Send(t.Context(), letter); err == nil {
		t.Error("an impossible folder was taken")
	}
}

func TestMailbox(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	box := &mail.Mailbox{Now: func() time.Time { now = now.Add(time.Second); return now }}
	s := openSender(t, "memory:", mail.Config{Mailbox: box})
	for i := range 60 {
		m := letter
		m.Subject = fmt.Sprint("mail ", i)
		if err := s.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	got := box.Messages()
	if len(got) != 50 || got[0].Subject != "mail 59" || got[49].Subject != "mail 10" || !got[0].At.After(got[1].At) {
		t.Errorf("%d mails, from %q to %q", len(got), got[0].Subject, got[len(got)-1].Subject)
	}
	got[0].Subject = "changed"
	if box.Messages()[0].Subject != "mail 59" {
		t.Error("the caller's slice is the mailbox's")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Send(ctx, letter); err == nil {
		t.Error("the context was not respected")
	}
}
