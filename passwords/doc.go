// Package passwords stores passwords so that a stolen table is of little use,
// and refuses the passwords that an attacker tries first.
//
// A [Hasher] turns a password into text for a column and compares it at login:
//
//	hasher, err := passwords.New(passwords.Config{})
//	encoded, err := hasher.Hash(ctx, password)           // at signup
//	result, err := hasher.Verify(ctx, password, encoded) // at login
//	if result.Rehash { … } // right password, outdated form: hash again and store
//
// New hashes are argon2id in the PHC string form with the parameters that OWASP
// recommends. Hashes that Django wrote (PBKDF2, argon2, scrypt, bcrypt) verify
// as well and report Rehash, so that a user table can be moved over without
// anybody choosing a new password. [Supported] tells an import which rows will work.
//
// Hashing takes memory and time on purpose, which makes a login form a lever
// for exhausting the machine. A Hasher therefore runs as many hashes at once as
// there are processors, lets a bounded number of callers wait a moment, and
// refuses the rest with [ErrBusy], to be answered with 503. Rate limits belong in
// front of it.
//
// Where no account was found, call [Hasher.Waste] with the password: it takes as
// long as Verify and can fail with the same errors, so that neither time nor
// overload tells which accounts exist.
//
// A [Policy] judges a new password: length, likeness to the user's own data and
// to the site's name, a list of common passwords, digits only, and optionally
// the corpus of breached passwords ([Pwned]). It demands no mixture of
// characters and no yearly change, as NIST SP 800-63B-4 section 3.1.1.2 asks.
//
// The package does not count failures (package lockout does), does not store
// anything and does not mail anybody. It needs the password as text; it cannot
// erase a Go string from memory afterwards.
//
// Errors to test for: [ErrBusy], [ErrEmpty], [ErrTooLong], [ErrPepper],
// [ErrUnsupported] and, from a Policy, [Problems].
package passwords
