package safesql

// Lex opens the lexer to its fuzz target: the number of placeholders, and the
// text as PostgreSQL gets it.
func Lex(text string) (n int, dollar string, err error) {
	if n, err = scan(text); err != nil {
		return 0, "", err
	}
	dollar, err = rewrite(text, Dollar)
	return n, dollar, err
}
