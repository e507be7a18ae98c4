// Package sessions remembers a visitor from one request to the next: on the
// server, under a random token of which the store keeps only a hash. It serves
// against session fixation, stolen databases, sessions that cannot be ended,
// and caches that hand one visitor's page to another.
//
//	manager, err := sessions.New(sessions.Config{Store: db.Sessions()})
//	...
//	handler := manager.Handler(mux)
//
// In a handler:
//
//	if s := sessions.From(r.Context()); s != nil { … s.UserID() … s.Get("cart") }
//	err := sessions.Set(r.Context(), "cart", "3 books")
//	err := manager.Start(w, r, user.ID)   // signed in: new token, the old one is dead
//	err := manager.End(w, r)              // signed out: row and cookie are gone
//
// A visitor has no session, no cookie and no row until something is stored.
// Writes go to the store at once and return its error, so that what a handler
// told the visitor is true; they must come before the response's header.
//
// A fault of the store is answered 503 with Retry-After when a session is
// loaded: the visitor is taken neither for signed in nor for signed out.
//
// Once a session was read, the response carries "Vary: Cookie" and
// "Cache-Control: no-store"; a handler that knows better sets its own
// Cache-Control afterwards.
//
// What it does not do: it does not check credentials, does not rotate CSRF
// tokens (bind them to [Binding] and they change with the session's token), and
// does not keep much: [MaxData] bytes.
//
// Errors to test for: [ErrNotFound], [ErrConflict], [ErrGone], [ErrTooLarge],
// [ErrNoHandler].
package sessions
