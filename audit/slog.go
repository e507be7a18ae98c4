package audit

import (
	"context"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText bounds every text of an event in a log line, in bytes.
const maxText = 512

// NewSlog returns a Sink that writes each event to logger as one record with
// the event's name as its message, at the level of [Name.Level]. Texts are cut
// at 512 bytes and control characters are replaced by U+FFFD, so that an event
// stays one line (CVE-2025-48432 is the class). A nil logger gives [Discard].
func NewSlog(logger *slog.Logger) Sink {
	if logger == nil {
		return Discard
	}
	return slogSink{logger}
}

type slogSink struct{ logger *slog.Logger }

func (s slogSink) Record(ctx context.Context, e Event) error {
	level := e.Name.Level()
	if !s.logger.Enabled(ctx, level) {
		return nil
	}
	attrs := make([]slog.Attr, 0, 8)
	attrs = append(attrs, slog.String("kind", "audit"))
	add := func(key, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(key, Clean(value)))
		}
	}
	add("request_id", e.RequestID)
	if e.Client.IsValid() {
		attrs = append(attrs, slog.String("client", e.Client.String()))
	}
	add("actor", e.Actor)
	add("subject", e.Subject)
	add("control", e.Control)
	add("reason", e.Reason)
	add("detail", e.Detail)
	s.logger.LogAttrs(ctx, level, Clean(string(e.Name)), attrs...)
	return nil
}

// Clean returns text as it may stand in a log line: valid UTF-8, at most 512
// bytes, and without control characters or line separators.
func Clean(text string) string {
	cut := len(text) > maxText
	if cut {
		text = text[:maxText]
		for len(text) > 0 && !utf8.RuneStart(text[len(text)-1]) {
			text = text[:len(text)-1]
		}
		if n := len(text); n > 0 && text[n-1] >= utf8.RuneSelf {
			text = text[:n-1] // the start byte of the rune that was cut
		}
	}
	clean := strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r) {
			return utf8.RuneError
		}
		return r
	}, text)
	if cut {
		clean += "…"
	}
	return clean
}
