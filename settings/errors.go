package settings

import "strings"

// Error is one thing that is wrong with the settings. It never holds a value.
type Error struct {
	// Name is the setting's name without prefix, as [Keys] has it; "" if it is
	// about no setting that there is.
	Name string
	// Key is the setting's name, as found: with its prefix where it has one.
	// It is "" if a whole file is wrong.
	Key string
	// Source says where it was found: "environment variable MERLON_DEBUG",
	// ".env:12". It is "" for a key that is missing everywhere.
	Source string
	// Problem says what is wrong.
	Problem string
	// Nearest is the known key that an unknown one resembles, "" if none does.
	Nearest string
	// Err is the cause, nil if there is no other. Its text is not part of
	// Error's, for it may hold a value.
	Err error
}

// Error returns one line: key, source, problem and nearest key.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Key)
	switch {
	case e.Source == "":
	case e.Key == "":
		b.WriteString(e.Source)
	case strings.HasSuffix(e.Source, " "+e.Key):
		b.WriteString(" (" + strings.TrimSuffix(e.Source, " "+e.Key) + ")")
	default:
		b.WriteString(" (" + e.Source + ")")
	}
	b.WriteString(": " + e.Problem)
	if e.Nearest != "" {
		b.WriteString("; did you mean " + e.Nearest + "?")
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errors is everything that is wrong with the settings.
type Errors []*Error

// Error returns one line an error.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = "settings: " + one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the single errors.
func (e Errors) Unwrap() []error {
	out := make([]error, len(e))
	for i, one := range e {
		out[i] = one
	}
	return out
}

// Flatten returns the single errors that [Errors] and errors.Join put together
// in err, in their order; none for nil.
func Flatten(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, Flatten(one)...)
	}
	return all
}
