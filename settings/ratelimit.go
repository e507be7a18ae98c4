package settings

import "strings"

// RateLimit is how often is too often. Package ratelimit reads the rules.
type RateLimit struct {
	// Rules are separated by semicolons; "" means the built-in ones.
	Rules string
}

func (r *RateLimit) settings() []Setting {
	s := Paragraph("RATE_LIMITS", &r.Rules, "", "Rules such as `home: GET / by network 60/m burst 20`, separated by semicolons, or a table in merlon.toml; empty is the built-in ones.")
	s.table = func(pairs []pair) value {
		rules := make([]string, len(pairs))
		for i, p := range pairs {
			rules[i] = p.key + ": " + p.text
		}
		return value{text: strings.Join(rules, "; ")}
	}
	return []Setting{s}
}
