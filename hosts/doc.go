// Package hosts decides whom a request is for and whom it is from.
//
// It guards against forged Host headers (poisoned links in mails, poisoned
// caches, DNS rebinding), against forged forwarding headers (a client that
// picks its own address escapes limits and lockouts), against plain HTTP, and,
// with [LocalRedirect] and [SafeRedirect], against open redirects.
//
// It does not terminate TLS, does not send HSTS (package headers does), and
// does not stop a client that may connect to the server past its proxies from
// being what it is: a direct client, whose headers are not believed.
//
//	proxies, err := hosts.ParseProxies([]string{"10.1.0.0/16", "cloudflare"})
//	gate, err := hosts.New(hosts.Config{
//		Allowed:        []string{"example.com", ".example.org"},
//		TrustedProxies: proxies,
//	})
//	http.ListenAndServe(":8000", gate.Handler(mux))
//
// Handlers then ask [ClientIP] for the client's address and [Secure] for the
// scheme; nothing else in a program should read X-Forwarded-* or Forwarded.
//
// # Who is believed
//
// Only a peer in Config.TrustedProxies is believed, and only about the hop it
// saw. X-Forwarded-For and Forwarded are read from the right, where the peer
// wrote; the first address that is not itself a trusted proxy is the client.
// An entry that is not an address ends the walk: the trusted proxy before it is
// then the client. At most 16 entries are read. The scheme is that of the same
// hop; X-Forwarded-Port, X-Real-IP and other such headers are never read, nor
// is any spelling with underscores.
//
// Errors: [New] and [ParseProxies] join all that is wrong; [Gate.Check] returns
// a [*Refusal].
package hosts
