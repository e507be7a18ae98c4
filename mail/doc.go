// Package mail sends a site's mail: confirmation links, codes, warnings.
//
// What a caller sends goes into an outbox first and leaves from there, so that a
// request neither waits for a mail server nor fails with it, and so that its
// answer takes equally long whether a mail is sent or not:
//
//	sender, err := mail.Open(url, mail.Config{From: "Site <no-reply@example.com>"})
//	queue, err := mail.NewQueue(mail.QueueConfig{Store: store, Sender: sender, Keys: ring})
//	go queue.Run(ctx)
//	err = queue.Send(ctx, mail.Message{To: "ann@example.com", Subject: "Hello", Text: "…"})
//
// A store that writes the mail in the transaction of its cause, so that there is
// never one without the other, takes the [Entry] of [Queue.Prepare]; call
// [Queue.Wake] after the commit.
//
// The queue claims entries under a lease, so that two processes do not send one
// mail twice, tries again with growing delays, and gives up after a number of
// tries or when the mail is of no more use. A mail may still arrive twice if the
// process dies between the server's answer and noting it; both copies then
// have the same Message-ID. Mails hold links that open accounts: their text is
// encrypted in the outbox, erased once sent or given up, and in no log or error.
//
// [Open] knows smtp (STARTTLS, never silently without), smtps, file, console
// and memory. [Canonical] is the one rule by which two addresses are the same.
//
// The package does not receive mail, does not read bounces, does not sign with
// DKIM (the mail server does), and carries no attachments.
//
// Errors to test for: [ErrMessage], [ErrAddress] and [*Error].
package mail
