package settings

import (
	"maps"
	"slices"
	"strings"
)

// refuseUnknown reports every name that looks like ours and is not: a
// misspelt setting protects nobody.
func (l *loader) refuseUnknown() {
	var names []string
	known := make(map[string]bool) // as merlon.toml has them
	for _, s := range l.all {
		names = append(names, s.Name)
		known[s.Name], known[s.Name+"_FILE"] = true, true
	}
	for _, name := range slices.Sorted(maps.Keys(l.src.Flags)) {
		if !slices.Contains(names, name) {
			l.unknown("", name, "flag", names)
		}
	}
	// On most systems merlon_debug is another variable than MERLON_DEBUG.
	variable := func(name, source string) {
		n := len(l.src.Prefix)
		if len(name) >= n && strings.EqualFold(name[:n], l.src.Prefix) && l.names[name] == "" {
			l.unknown(name[:n], name[n:], source, names)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.env)) {
		variable(name, "environment")
	}
	for _, name := range l.dotenv.order {
		variable(name, place(dotenvName, l.dotenv.entries[name].line))
	}
	for _, name := range l.toml.order {
		if e := l.toml.entries[name]; !known[name] && !foreign[name] {
			l.unknown("", e.written, place(tomlName, e.line), names)
			if e.table {
				l.tableOf(name, names)
			}
		}
	}
}

func (l *loader) unknown(prefix, name, source string, names []string) {
	e := &Error{Key: prefix + printable(name), Source: source, Problem: "unknown setting"}
	if like, note := Nearest(name, names); like != "" {
		e.Nearest = like
		if prefix != "" {
			e.Nearest = l.src.Prefix + like
		} else if source != "flag" && name == strings.ToLower(name) {
			e.Nearest = strings.ToLower(like)
		}
	} else if note != "" {
		e.Problem += ": " + note
	}
	l.errs = append(l.errs, e)
}

// tableOf tells somebody who wrote settings as a table where they belong.
func (l *loader) tableOf(table string, names []string) {
	e := l.errs[len(l.errs)-1]
	if strings.EqualFold(table+"_", l.src.Prefix) {
		e.Problem = "unknown setting; write settings at the top of the file, above every table"
	}
	for _, name := range names {
		if strings.HasPrefix(name, table+"_") {
			e.Problem, e.Nearest = "unknown setting; write settings at the top of the file, as in "+strings.ToLower(name)+" = …", ""
			return
		}
	}
}

// foreign are tables of merlon.toml that are no settings: other parts of Merlon
// read them, and refuse in them what they do not know.
var foreign = map[string]bool{
	"ADVISORIES": true, // check/advisories
}
