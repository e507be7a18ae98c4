package manage

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// The exit codes of every command.
const (
	ExitOK         = 0 // fine
	ExitFailed     = 1 // it was tried and did not work; or a check could not judge everything
	ExitUsage      = 2 // wrong command, flag or argument
	ExitFindings   = 3 // a check found something at or above the fail level
	ExitNotAllowed = 4 // understood, and refused: by a permission, a policy, or a missing confirmation
)

// An Error ends a command: one line that says what is wrong, hints that say
// what to do, and the exit code. Commands may return any other error, which
// ends with [ExitFailed].
type Error struct {
	Code  int      // 0 means ExitFailed
	Text  string   // what is wrong; "" if it has been said already
	Lines []string // further lines that belong to it, such as one a setting
	Hints []string // what to do about it
	Err   error    // the cause, appended to Text; nil if there is none
}

// Error returns what is wrong.
func (e *Error) Error() string {
	switch {
	case e.Err == nil:
		return e.Text
	case e.Text == "":
		return e.Err.Error()
	}
	return e.Text + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// usage returns an error about how the program was called.
func usage(text string, hints ...string) error {
	return &Error{Code: ExitUsage, Text: text, Hints: hints}
}

// failed returns an error with hints.
func failed(text string, err error, hints ...string) error {
	return &Error{Text: text, Err: err, Hints: hints}
}

// complain writes err to w in the fixed form and returns the exit code.
func complain(w io.Writer, program string, err error) int {
	if err == nil {
		return ExitOK
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = &Error{}
	}
	if text := err.Error(); text != "" {
		fmt.Fprintf(w, "%s: %s\n", program, oneLine(text))
	}
	for _, line := range e.Lines {
		fmt.Fprintf(w, "  %s\n", oneLine(line))
	}
	for _, hint := range e.Hints {
		fmt.Fprintf(w, "hint: %s\n", oneLine(hint))
	}
	if e.Code == 0 {
		return ExitFailed
	}
	return e.Code
}

// oneLine keeps an error on one line: the text of a joined error has several,
// and a value from outside might hold a line end.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return ';'
		case r < ' ' || r == 0x7f:
			return -1
		}
		return r
	}, strings.TrimSpace(text))
}
