package check_test

import (
	"io/fs"
	"testing"

	"github.com/merlon-go/merlon/check"
)

func TestRepairs(t *testing.T) {
	files := map[string]string{"a.go": "package a\n\nvar x = 1\n", "b.txt": "one two"}
	target := &check.Target{ReadFile: func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	}}
	edit := func(file string, start, end int, text string) check.Finding {
		return check.Finding{ID: "x", Edits: []check.Edit{{File: file, Start: start, End: end, Text: text}}}
	}
	for _, c := range []struct {
		name              string
		findings          []check.Finding
		want              map[string]string
		repaired, refused int
		failed            bool
	}{
		{"one", []check.Finding{edit("b.txt", 0, 3, "two")}, map[string]string{"b.txt": "two two"}, 1, 0, false},
		{"two in one file", []check.Finding{edit("b.txt", 4, 7, "2"), edit("b.txt", 0, 3, "1")}, map[string]string{"b.txt": "1 2"}, 2, 0, false},
		{"overlap", []check.Finding{edit("b.txt", 0, 3, "1"), edit("b.txt", 2, 5, "2")}, map[string]string{"b.txt": "1 two"}, 1, 1, false},
		{"insertions at one place", []check.Finding{edit("b.txt", 3, 3, "1"), edit("b.txt", 3, 3, "2")}, map[string]string{"b.txt": "one1 two"}, 1, 1, false},
		{"outside of the file", []check.Finding{edit("b.txt", 3, 99, "1")}, nil, 0, 1, false},
		{"Go is formatted", []check.Finding{edit("a.go", 19, 20, "(1+2)")}, map[string]string{"a.go": "package a\n\nvar x = (1 + 2)\n"}, 1, 0, false},
		{"Go that would break", []check.Finding{edit("a.go", 19, 20, "(")}, nil, 1, 0, true},
		{"no such file", []check.Finding{edit("c.go", 0, 0, "x")}, nil, 0, 1, true},
		{"no edits", []check.Finding{{ID: "x"}}, nil, 0, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			repairs, repaired, refused, err := check.Repairs(target, &check.Report{Findings: c.findings})
			if (err != nil) != c.failed || len(repaired) != c.repaired || len(refused) != c.refused {
				t.Errorf("repaired %d, refused %d, %v", len(repaired), len(refused), err)
			}
			if len(repairs) != len(c.want) {
				t.Fatalf("%d files repaired, want %d", len(repairs), len(c.want))
			}
			for _, r := range repairs {
				if string(r.After) != c.want[r.File] {
					t.Errorf("%s: %q, want %q", r.File, r.After, c.want[r.File])
				}
			}
		})
	}
}
