package settings

import (
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// tomlFile is merlon.toml: keys in upper case with what they hold.
type tomlFile struct {
	entries map[string]tomlEntry
	order   []string
	errs    Errors
}

type tomlEntry struct {
	value   value
	table   bool
	pairs   []pair
	line    int
	written string // the key as written
	problem string // why the value is none
}

func parseTOML(text string) tomlFile {
	f := tomlFile{entries: make(map[string]tomlEntry)}
	fail := func(key, source, problem string) {
		f.errs = append(f.errs, &Error{Key: key, Source: source, Problem: problem})
	}
	text = strings.TrimPrefix(text, "\ufeff")
	var data map[string]any
	meta, err := toml.Decode(text, &data)
	if err != nil {
		source := tomlName
		if syntax := (toml.ParseError{}); errors.As(err, &syntax) && syntax.Position.Line > 0 {
			source = place(tomlName, syntax.Position.Line)
		}
		fail("", source, "not valid TOML") // the cause quotes the file
		return f
	}
	lines := tomlLines(text)
	for _, key := range meta.Keys() {
		name := strings.ToUpper(key[0])
		e, seen := f.entries[name]
		switch {
		case !seen: // a dotted key has no entry of its own for the part before the dot
			e = newTOMLEntry(key[0], data[key[0]], lines[key[0]])
			f.order = append(f.order, name)
		case e.written != printable(key[0]):
			if len(key) == 1 {
				fail(printable(key[0]), place(tomlName, lines[key[0]]), "set twice, in capital and in small letters")
			}
			continue
		}
		if inner, ok := data[key[0]].(map[string]any); ok && len(key) > 1 {
			if one, ok := inner[key[1]].(string); ok {
				e.pairs = append(e.pairs, pair{key: key[1], text: one})
			} else {
				e.problem = "a table with a value that is no text"
			}
		}
		f.entries[name] = e
	}
	return f
}

func newTOMLEntry(key string, data any, line int) tomlEntry {
	e := tomlEntry{written: printable(key), line: line}
	switch v := data.(type) {
	case map[string]any:
		e.table = true
	case []any:
		e.value.array = true
		for _, item := range v {
			text, ok := tomlText(item)
			if !ok {
				e.problem = "a list with something that is no single value"
			}
			e.value.items = append(e.value.items, text)
		}
	default:
		var ok bool
		if e.value.text, ok = tomlText(data); !ok {
			e.problem = "a kind of value that no setting has"
		}
	}
	return e
}

// tomlText writes a TOML value as the casts read it.
func tomlText(data any) (string, bool) {
	switch v := data.(type) {
	case string:
		return v, len(v) <= maxValue && utf8.ValidString(v)
	case bool:
		return strconv.FormatBool(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), true
	case time.Time:
		switch v.Location().String() { // how the toml package marks local dates and times
		case "date-local":
			return v.Format(time.DateOnly), true
		case "time-local":
			return "", false
		case "datetime-local":
			return v.Format("2006-01-02T15:04:05") + "Z", true
		}
		return v.Format(time.RFC3339), true
	}
	return "", false
}

// tomlLines finds the line of each key at the top and of each table, for the
// toml package tells the positions of errors only. A line inside a text of
// several lines that looks like a key can mislead it by a few lines, no more.
func tomlLines(text string) map[string]int {
	lines := make(map[string]int)
	top := true
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		line = strings.TrimSpace(line)
		var name string
		if table, ok := strings.CutPrefix(line, "["); ok {
			name, _, _ = strings.Cut(strings.TrimLeft(table, "["), "]")
			name, _, _ = strings.Cut(name, ".")
			top = false
		} else if top {
			if before, _, ok := strings.Cut(line, "="); ok {
				name, _, _ = strings.Cut(before, ".")
			}
		}
		name = strings.Trim(strings.TrimSpace(name), `"'`)
		if _, seen := lines[name]; !seen && name != "" {
			lines[name] = n
		}
	}
	return lines
}

// place names a line of a file.
func place(file string, line int) string {
	if line <= 0 {
		return file
	}
	return file + ":" + strconv.Itoa(line)
}
