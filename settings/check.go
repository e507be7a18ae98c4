package settings

import (
	"errors"
	"slices"
	"strings"
)

// Check is what the checks keep quiet about.
type Check struct {
	// Silenced maps the ids of checks to the reason each is silenced for, ""
	// if none was given.
	Silenced map[string]string
}

func (c *Check) settings() []Setting {
	s := list(Key{
		Name: "SILENCED_CHECKS", Type: "list",
		Doc: "Ids of checks to silence, each with its reason: a table of merlon.toml, or id=reason.",
	}, func(items []string) error {
		var silenced map[string]string
		for _, item := range items {
			id, reason, _ := strings.Cut(item, "=")
			if id = strings.TrimSpace(id); id == "" {
				return errors.New("a reason without an id")
			}
			if silenced == nil {
				silenced = make(map[string]string)
			}
			silenced[id] = strings.TrimSpace(reason)
		}
		c.Silenced = silenced
		return nil
	}, func() string {
		var out []string
		for id, reason := range c.Silenced {
			if reason != "" {
				id += "=" + reason
			}
			out = append(out, id)
		}
		slices.Sort(out)
		return FormatList(out)
	})
	s.table = func(pairs []pair) value {
		v := value{array: true}
		for _, p := range pairs {
			v.items = append(v.items, p.key+"="+p.text)
		}
		return v
	}
	return []Setting{s}
}
