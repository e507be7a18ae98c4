package settings

// Passwords is what a password must be and what checking one may cost.
type Passwords struct {
	// MinLength is the least number of characters.
	MinLength int
	// HashConcurrency is how many passwords are hashed at once; 0 means as
	// many as there are processors.
	HashConcurrency int
}

func (p *Passwords) settings() []Setting {
	return []Setting{
		Int("PASSWORD_MIN_LENGTH", &p.MinLength, 15, 8, 64, "Least number of characters of a password; 15 is what NIST SP 800-63B asks where it is the only factor, 8 the least."),
		Int("PASSWORD_HASH_CONCURRENCY", &p.HashConcurrency, 0, 0, 1024, "Passwords hashed at once, each with its own memory; 0 is one a processor."),
	}
}
