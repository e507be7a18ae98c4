package check

import words "github.com/merlon-go/merlon/internal/nearest"

// nearest returns "; did you mean X?" for the rule whose id is closest, or ""
// if none is close.
func nearest(id string, rules []Rule) string {
	if near := Nearest(id, rules); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// Nearest returns the id of the rule that id was most likely meant to be, or
// "" if none is close.
func Nearest(id string, rules []Rule) string {
	id = clip(id)
	best, least := "", len(id)/3+2
	for i := range rules {
		if d := words.Edits(id, rules[i].ID, least); d < least {
			best, least = rules[i].ID, d
		}
	}
	return best
}
