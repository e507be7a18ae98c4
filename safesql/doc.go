// Package safesql runs SQL whose text can only have been written by the
// program's author. It serves against SQL injection.
//
// A [Query] is text and the values bound to its placeholders. Its text has an
// unexported type, so only an untyped constant can become one: a text built at
// run time, from a request or from anything else, does not compile.
//
//	const byEmail = "SELECT id, name FROM users WHERE email = ?"
//	user, err := safesql.One(ctx, db, safesql.New(byEmail, email), scanUser)
//
// What varies is put together from constants: [In] and [List] for lists of
// values, [If] and [And] for optional filters, [Names] and [Sort] for columns
// and orders picked by a user out of a closed set, [Limit] for pages. Django's
// holes of the last years were never in bound values; they were names and
// operators taken from a map with foreign keys, and those cannot be expressed
// here.
//
// Placeholders are written "?" and become "$1", "$2" … for PostgreSQL; the
// operator "?" of PostgreSQL is written "??". Each Query must be whole: as many
// values as placeholders, quotes and comments closed, no second statement. One
// that is not carries an error, which is returned when it is run.
//
// A string bound to a placeholder must be valid UTF-8 without NUL ([ErrText]):
// PostgreSQL refuses such text and SQLite's functions cut it at the NUL, so it
// never gets that far. Times are bound as microseconds, see [Micros].
//
// [DB] and [Tx] run queries. [Wrap] makes a DB of a database/sql pool; another
// driver, such as pgx's own pool, plugs in through [Driver].
//
// What it does not do: it knows no tables and writes no SQL, and it does not
// stop a determined author. A generic function whose type parameter is inferred
// from New, reflection or unsafe can forge the text type; such code has to be
// written on purpose and can be searched for.
//
// Errors to test for: [ErrNoRows], [ErrUnique], [ErrReference], [ErrText],
// [ErrNotAllowed], [ErrTooMany].
package safesql
