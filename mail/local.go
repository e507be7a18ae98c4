package mail

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unicode"

	"github.com/merlon-go/merlon/secrets"
)

// console prints mails for a developer to read.
type console struct {
	w    io.Writer
	from string

	mu sync.Mutex // one mail at a time
}

func (c *console) Send(ctx context.Context, m Message) error {
	if err := m.Check(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	const line = "────────────────────────────────────────────────────────────"
	text := fmt.Sprintf("%s\nFrom: %s\nTo: %s\nSubject: %s\n\n%s\n%s\n", line, c.from, m.To, m.Subject, strings.TrimSpace(m.Text), line)
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := io.WriteString(c.w, printable(text)); err != nil {
		return &Error{Step: "console cannot be written"}
	}
	return nil
}

// printable replaces what would steer a terminal: a user's name may stand in a mail.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return -1
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// folder writes each mail into a file.
type folder struct {
	path string
	cfg  Config
}

func (f *folder) Send(ctx context.Context, m Message) error {
	msg, err := compose(&f.cfg, m)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	var text bytes.Buffer
	if _, err := msg.WriteTo(&text); err != nil {
		return &Error{Step: "mail cannot be composed"}
	}
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return &Error{Step: "mail folder cannot be made"}
	}
	// Written under another name and renamed, so that who watches the folder
	// never reads half a mail.
	name := filepath.Join(f.path, f.cfg.Now().UTC().Format("20060102T150405.000Z")+"-"+secrets.Token()[:12])
	if err := writeFile(name, text.Bytes()); err != nil {
		return &Error{Step: "mail folder cannot be written"}
	}
	return nil
}

func writeFile(name string, data []byte) error {
	file, err := os.OpenFile(name+".part", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(name+".part", name+".eml")
	}
	if err != nil {
		os.Remove(name + ".part")
	}
	return err
}

// copying keeps a copy of each mail that was sent.
type copying struct {
	Sender
	mailbox *Mailbox
}

func (c copying) Send(ctx context.Context, m Message) error {
	if err := c.Sender.Send(ctx, m); err != nil {
		return err
	}
	return c.mailbox.Send(ctx, m)
}
