package mail_test

import (
	"testing"

	"github.com/merlon-go/merlon/mail"
)

func BenchmarkCanonical(b *testing.B) {
	for name, address := range map[string]string{"ascii": "Ann.Example@example.com", "unicode": "jürgen@bücher.example"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := mail.Canonical(address); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPrepare(b *testing.B) {
	q := newQueue(b, mail.QueueConfig{Sender: new(mail.Mailbox)})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := q.Prepare(letter); err != nil {
			b.Fatal(err)
		}
	}
}
