package mail_test

import (
	"context"
	"fmt"
	"os"

	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/store/memory"
)

func Example() {
	ring, err := secrets.NewRing(secrets.New("the site's secret key"))
	if err != nil {
		panic(err)
	}
	var box mail.Mailbox
	sender, err := mail.Open(secrets.New("memory:"), mail.Config{From: "Castle <no-reply@castle.example>", Mailbox: &box})
	if err != nil {
		panic(err)
	}
	queue, err := mail.NewQueue(mail.QueueConfig{Store: memory.New().Outbox(), Sender: sender, Keys: ring})
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- queue.Run(ctx) }()

	err = queue.Send(ctx, mail.Message{To: "ann@example.com", Subject: "Welcome", Text: "The gate is open."})
	if err != nil {
		panic(err)
	}
	for len(box.Messages()) == 0 { // a site goes on with its work instead
		queue.Wake()
	}
	stop()
	fmt.Println(<-done, box.Messages()[0].Subject)
	// Output: <nil> Welcome
}

func ExampleOpen() {
	sender, err := mail.Open(secrets.New("console:"), mail.Config{From: "no-reply@castle.example", Console: os.Stdout})
	if err != nil {
		panic(err)
	}
	err = sender.Send(context.Background(), mail.Message{To: "ann@example.com", Subject: "Welcome", Text: "The gate is open."})
	if err != nil {
		panic(err)
	}
	// Output:
	// ────────────────────────────────────────────────────────────
	// From: no-reply@castle.example
	// To: ann@example.com
	// Subject: Welcome
	//
	// The gate is open.
	// ────────────────────────────────────────────────────────────
}

func ExampleCanonical() {
	canonical, display, err := mail.Canonical(" Ann@BÜCHER.example ")
	fmt.Println(canonical, display, err)
	// Output: ann@xn--bcher-kva.example Ann@bücher.example <nil>
}
