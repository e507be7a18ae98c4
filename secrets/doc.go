// Package secrets holds what must not be seen and what is made from it.
//
// It serves four needs. A [Secret] cannot be printed, logged or marshalled by
// accident. A [Ring] turns the site's key, and the older keys kept for a while
// after a change, into as many independent keys as there are purposes. From a
// ring come a [MAC] (is this ours?), a [Signer] (is this ours, and how old is
// it?) and a [Sealer] (only we can read this). [Token] and [Generate] make new
// random values, and [Weakness] judges a key that a person has chosen.
//
// It does not store keys, does not wipe memory (a Go program cannot promise
// that) and does not hash passwords: package passwords does. A signed value can
// be read by whoever holds it; seal what must stay hidden. Neither signing nor
// sealing makes a value usable once only: a server-side record does that.
//
//	ring, err := secrets.NewRing(secrets.New(key))
//	if err != nil {
//		return err
//	}
//	signer := ring.Signer("accounts/verify-email")
//	token := signer.Sign("ann@example.com", time.Now())
//	address, err := signer.Verify(token, 24*time.Hour, time.Now())
//
// # Keys and purposes
//
// Each key is derived with HKDF-SHA-256 (RFC 5869) from the secret, the kind of
// use and the purpose, so that a value made for one purpose is worthless for
// another, and a key of a MAC is never a key of a Signer or a Sealer. What is
// authenticated is a list of parts, each preceded by its length: ("a", "bc")
// and ("ab", "c") differ. Django joined a cookie's name and its salt without
// separation until CVE-2026-6873.
//
// Signed and sealed texts begin with the id of their key, so that exactly one
// key is tried. The id is derived like a key and tells nothing about it.
//
// # Errors
//
// [ErrInvalid] and [ErrExpired] are the only errors of Verify and Open. They
// never hold a value.
package secrets
