// Package storetest holds the suites that every store must pass, one per
// interface: behaviour, expiry, concurrency, a cancelled context, hostile
// strings. A store of your own passes them too, or it is none:
//
//	func TestSessions(t *testing.T) {
//		storetest.TestSessions(t, func(t *testing.T) sessions.Store { return mystore.Open(t) })
//	}
//
// The function open is called for each case and returns an empty store. A bug
// found in one store becomes a case here first.
//
// The tests of sqlite and postgres get an empty, migrated database from the
// function open in their open_test.go.
//
// TestStress is for all interfaces of one place together; `make soak` runs it for
// long.
package storetest
