// Package ratelimit bounds how often something may be asked: how often one
// network may try to sign in, how many mails one address can be sent, how much
// an API key may use.
//
// Rules are judged at start and found by http.ServeMux patterns; all rules that
// match a request take from their counts together, or one refuses and none
// takes. The algorithm is GCRA: exact, without windows at whose edges twice the
// limit passes, one timestamp a key. A refused request gets 429, a Retry-After
// after which it passes, and the fields RateLimit and RateLimit-Policy of
// draft-ietf-httpapi-ratelimit-headers.
//
//	limiter, err := ratelimit.New(ratelimit.Config{Rules: ratelimit.Defaults()})
//	...
//	handler := limiter.Handler(mux)
//
// # Where counts live
//
// In this process ([Memory]): a fixed number of keys, 24 bytes each, from which
// a flood of fresh keys pushes out first those that mean least.
//
// With [Config].Store, also on the other nodes. While the store does not answer
// within 50 ms each rule does as its [FailMode] says, behind a circuit breaker,
// and the results are marked Degraded. Rules with a large limit are leased: a
// node takes a batch of events from the store and answers from it. See
// docs/ratelimit.md for what that costs in exactness: never more than 10 % of
// the limit.
//
// # What it does not do
//
// It does not lock accounts and does not know passwords: package lockout does.
// It does not stop a flood of packets or connections. It does not say who a
// client is: package hosts does, and without it the peer of the connection
// counts, which behind a proxy is the proxy for everybody. Counts are lost when
// the process ends, or when the shared store does: they are class C data.
//
// # Errors
//
// [Limiter.Check] returns a [*Refusal]; its cause is an [*Exceeded] if a limit
// was met. Reasons: rate-exceeded (429), store-unavailable (503),
// client-unknown (503), key-repeated and key-too-long (400), form-too-large
// (413).
package ratelimit
