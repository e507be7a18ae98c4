// Package accounts is the floor on which people stand: sign up, confirm the
// address, sign in, sign out, change or reset the password, see and end
// sessions. It serves against account enumeration, account pre-hijacking,
// session fixation, guessing, replayed and raced one-time links, links built
// from a hostile Host header, and open redirects (OWASP ASVS 5.0 chapters 6
// and 7; CWE-204, CWE-208, CWE-384, CWE-640, CWE-601).
//
//	people, err := accounts.New(accounts.Config{
//		Store: db.Accounts(), Sessions: manager, Passwords: hasher, Mail: queue,
//		PublicURL: origin, CSRF: protection,
//	})
//	people.Register(mux)                           // the pages under /account/
//	mux.Handle("/private/", people.Require(private)) // sign in first
//	user, err := accounts.From(r.Context())        // whom a request comes from
//
// What it promises:
//
//   - The answers of sign-up and reset are the same, in status, headers, size and
//     work, whether the address has an account or not; the owner learns it by
//     mail. A failed sign-in never says why, and costs one password hash always.
//   - A password counts only if whoever can read the mail of the address chose
//     it: a confirmation link opened in another browser than the one that
//     signed up asks for the password, and each link has the password of its own
//     sign-up. So nobody can set up an account under somebody else's address
//     and wait (pre-hijacking).
//   - A link works once. Its use, what follows from it and the mail about it are
//     one transaction. A link does not sign in, opens a page with a button
//     (mail scanners follow links) and holds the configured public URL.
//   - After a new password, or when an account is disabled, every other session
//     is void: the user's row says so, whatever happens to the sessions' store.
//   - A store that fails is answered 503, never with an acceptance.
//
// What it does not do: it counts no guesses by itself (set Config.Guard), limits
// no requests, and knows no second factor, passkey or foreign identity.
//
// Requests must come through sessions.Manager.Handler and should come through
// csrf.Protection.Handler.
//
// Errors to test for: [ErrNotFound], [ErrExists], [ErrChanged], [ErrToken],
// [ErrTooMany], and passwords.Problems for a password that the policy refuses.
package accounts
