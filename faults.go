package merlon

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/merlon-go/merlon/settings"
)

func (b *builder) err() error {
	if len(b.wrong) == 0 {
		return errors.Join(b.others...)
	}
	return errors.Join(append([]error{b.wrong}, b.others...)...)
}

// try notes what is wrong with the setting key alone, found by building its
// control with nothing else set: so each fault gets the name of its setting.
func (b *builder) try(key, value string, err error) {
	for _, one := range flatten(err) {
		_, problem, found := strings.Cut(one.Error(), ": ")
		if !found {
			problem = one.Error()
		}
		b.wrong = append(b.wrong, &settings.Error{
			Key: key, Source: b.set.Where(key), Problem: withhold(problem, value), Err: one,
		})
	}
}

// whole notes an error of a control that no single setting explains.
func (b *builder) whole(err error) {
	if err != nil && len(b.wrong) == 0 {
		b.others = append(b.others, err)
	}
}

// flatten returns the errors that errors.Join put into err.
func flatten(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, one := range joined.Unwrap() {
			all = append(all, flatten(one)...)
		}
		return all
	}
	return []error{err}
}

var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// withhold takes the words of value out of a message and says which entry they
// stand in: a password pasted into the wrong variable must not come out in an
// error.
func withhold(message, value string) string {
	value = strings.ToLower(value)
	entries := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ';' })
	return quoted.ReplaceAllStringFunc(message, func(word string) string {
		inner := strings.ToLower(word[1 : len(word)-1])
		if inner == "" || !strings.Contains(value, inner) {
			return word
		}
		for i, entry := range entries {
			if strings.Contains(entry, inner) {
				return fmt.Sprintf("(entry %d)", i+1)
			}
		}
		return "(not shown)"
	})
}
