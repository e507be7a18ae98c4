// Package leak finds secrets in text: tokens by the shape that their issuer
// gave them, private keys, addresses with a password, and values that are
// assigned to a name such as api_token or DB_PASSWORD.
//
// It serves against the key that is committed once and lives in every clone
// for ever. One pass of a keyword automaton finds the few places worth a look;
// readers for the usual files of credentials come before any guess by
// randomness, and placeholders, references and known examples are let go.
//
//	for _, l := range leak.Scan("config/prod.env", text) {
//		fmt.Println(l.Line, l.Kind, l.Masked())
//	}
//
// # What it does not do
//
// It never asks an issuer whether a token still works. It does not decode
// archives and images. It keeps no value: a [Leak] holds where the value
// stands, its length, at most four characters of a public prefix, and a hash.
//
// [Scan] holds no state and is safe for concurrent use.
package leak
