package merlon

import (
	"errors"
	"slices"
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
	if !b.set.Sound(key) {
		return // it could not be read, and this is only its default
	}
	for _, one := range settings.Flatten(err) {
		_, problem, found := strings.Cut(one.Error(), ": ")
		if !found {
			problem = one.Error()
		}
		b.wrong = append(b.wrong, b.set.Fault(key, settings.Withhold(problem, value), one))
	}
}

// sound reports whether nothing is wrong so far with any setting whose name
// begins with one of these.
func (b *builder) sound(names ...string) bool {
	return !slices.ContainsFunc(b.wrong, func(e *settings.Error) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(e.Name, name) })
	})
}

// whole notes an error of a control that no single setting explains. Where one
// of its settings, named as for sound, is wrong, that is the explanation.
func (b *builder) whole(err error, names ...string) {
	if err != nil && b.sound(names...) {
		b.others = append(b.others, err)
	}
}
