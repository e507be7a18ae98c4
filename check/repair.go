package check

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// A Repair is what the edits of findings make of one file.
type Repair struct {
	// File is the name as findings give it.
	File string
	// Before is the content that the edits are for, After the repaired one.
	Before, After []byte
}

// Repairs works out what the edits of the report's findings make of their
// files, and writes nothing. The edits of a finding are applied all or not at
// all; a finding whose edits touch those of an earlier one is refused and
// left for the next run. A Go file that was formatted stays so, and one that
// no longer parses is not repaired. Findings without edits are in neither list.
func Repairs(t *Target, r *Report) (repairs []Repair, repaired, refused []*Finding, err error) {
	before := map[string][]byte{}
	accepted := map[string][]Edit{}
	var errs []error
	for i := range r.Findings {
		f := &r.Findings[i]
		if len(f.Edits) == 0 {
			continue
		}
		if err := load(t, f.Edits, before); err != nil {
			errs = append(errs, err)
			refused = append(refused, f)
			continue
		}
		if !fits(f.Edits, accepted, before) {
			refused = append(refused, f)
			continue
		}
		for _, e := range f.Edits {
			accepted[e.File] = append(accepted[e.File], e)
		}
		repaired = append(repaired, f)
	}
	for _, file := range slices.Sorted(maps.Keys(accepted)) {
		after, err := apply(file, before[file], accepted[file])
		if err != nil {
			errs = append(errs, err)
			continue
		}
		repairs = append(repairs, Repair{file, before[file], after})
	}
	return repairs, repaired, refused, errors.Join(errs...)
}

// load reads the files of the edits.
func load(t *Target, edits []Edit, before map[string][]byte) error {
	for _, e := range edits {
		if _, ok := before[e.File]; ok {
			continue
		}
		text, err := t.Read(e.File)
		if err != nil {
			return fmt.Errorf("check: %s cannot be read for its repair: %w", e.File, err)
		}
		before[e.File] = text
	}
	return nil
}

// fits reports whether the edits lie inside their files and touch no edit that
// was accepted, nor each other.
func fits(edits []Edit, accepted map[string][]Edit, before map[string][]byte) bool {
	for i, e := range edits {
		if e.Start < 0 || e.End < e.Start || e.End > len(before[e.File]) {
			return false
		}
		touches := func(o Edit) bool {
			return o.File == e.File && (e.Start < o.End && o.Start < e.End || e.Start == o.Start || e.End == o.End)
		}
		if slices.ContainsFunc(accepted[e.File], touches) || slices.ContainsFunc(edits[:i], touches) {
			return false
		}
	}
	return true
}

// apply edits one file.
func apply(file string, text []byte, edits []Edit) ([]byte, error) {
	slices.SortFunc(edits, func(a, b Edit) int { return a.Start - b.Start })
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		out.Write(text[at:e.Start])
		out.WriteString(e.Text)
		at = e.End
	}
	out.Write(text[at:])
	if !strings.HasSuffix(file, ".go") {
		return out.Bytes(), nil
	}
	if _, err := parser.ParseFile(token.NewFileSet(), file, out.Bytes(), parser.SkipObjectResolution); err != nil {
		return nil, fmt.Errorf("check: %s would not be Go any more after its repair", file)
	}
	if formatted, err := format.Source(text); err != nil || !bytes.Equal(formatted, text) {
		return out.Bytes(), nil
	}
	return format.Source(out.Bytes())
}
