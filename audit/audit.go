// Package audit records what matters to security: who did what, to whom, from
// where, and how it ended.
//
// An [Event] has a name from the OWASP logging vocabulary, so that a search or
// an alarm written for one system fits another. Controls report to a [Sink];
// [NewSlog] writes events to a logger, [Trail] keeps them for good in a [Store],
// each sealed with the one before, and [Tee] writes to several places at once.
//
// For the program's other log lines, [NewJSONHandler] and [NewTextHandler] leave
// out what opens something; [Redact] does that for any handler.
//
// An event never holds a password, a token, a cookie or a key: callers put
// names and reasons into it, not values that open something. Text from a
// request is bounded and escaped by the sink, not by the caller, so that a
// line break in a name cannot forge a second event.
//
//	sink := audit.NewSlog(logger)
//	sink.Record(ctx, audit.Event{Name: audit.LoginFail, Subject: "ann@example.com", Reason: "wrong-password"})
package audit

import (
	"context"
	"errors"
	"net/netip"
	"time"
)

// An Event is one entry of the audit trail. Only Name is required.
type Event struct {
	// Name says what happened, in the words of the OWASP logging vocabulary.
	Name Name
	// Time is when it happened; the zero Time lets the sink take its own clock.
	Time time.Time
	// RequestID ties the event to a request, its log lines and its error page.
	RequestID string
	// Client is the client's address after trusted proxies; the zero Addr
	// means that no client was involved.
	Client netip.Addr
	// Actor is the id of the account that acted, or "" if nobody was signed in.
	Actor string
	// Subject is what was acted upon: an account's id or address, a rule's name.
	Subject string
	// Control is the package that reports, such as "csrf".
	Control string
	// Reason is a short stable code, such as "token-missing".
	Reason string
	// Detail is a sentence for people. It holds no secret.
	Detail string
}

// A Sink takes events. Implementations must be safe for concurrent use, must
// not keep the caller waiting for anything but durable storage, and must
// return an error if the event may be lost.
type Sink interface {
	Record(ctx context.Context, e Event) error
}

// Discard is a Sink that drops every event.
var Discard Sink = discard{}

type discard struct{}

func (discard) Record(context.Context, Event) error { return nil }

// Tee returns a Sink that records each event in all of sinks, in order, and
// joins their errors: one that fails does not keep the event from the others.
// Nil sinks are left out.
func Tee(sinks ...Sink) Sink {
	var t tee
	for _, s := range sinks {
		if s != nil && s != Discard {
			t = append(t, s)
		}
	}
	switch len(t) {
	case 0:
		return Discard
	case 1:
		return t[0]
	}
	return t
}

type tee []Sink

func (t tee) Record(ctx context.Context, e Event) error {
	var errs []error
	for _, s := range t {
		errs = append(errs, s.Record(ctx, e))
	}
	return errors.Join(errs...)
}
