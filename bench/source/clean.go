package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// cleanTable prints for each tree how many lines were read and what was found
// in them at the default level, warning and worse, for a person to judge.
func cleanTable(dirs []string) error {
	allLines, allFound := 0, 0
	for _, dir := range dirs {
		lines, err := countLines(dir)
		if err != nil {
			return err
		}
		findings, err := check(dir)
		if err != nil {
			return err
		}
		n, rest := 0, 0
		for _, f := range findings {
			if f.Level == "info" || f.Level == "debug" {
				rest++
				continue
			}
			n++
			fmt.Printf("  %s:%d %s %s (%s): %s\n", f.Place.File, f.Place.Line, f.Level, f.ID, f.Confidence, f.Title)
		}
		fmt.Printf("%s: %d lines, %d findings, %d infos, %.2f findings in 10,000 lines\n", filepath.Base(dir), lines, n, rest, rate(n, lines))
		allLines, allFound = allLines+lines, allFound+n
	}
	fmt.Printf("all: %d lines, %d findings, %.2f in 10,000 lines\n", allLines, allFound, rate(allFound, allLines))
	return nil
}

func rate(n, lines int) float64 { return float64(n) * 10000 / float64(max(lines, 1)) }

// countLines counts the lines of Go that the check reads: no tests, no folders
// that it leaves out.
func countLines(dir string) (lines int, err error) {
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		base := filepath.Base(name)
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != dir && (base == "testdata" || base == "vendor" || base == "node_modules" || base[0] == '.' || base[0] == '_'):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(name)
		lines += bytes.Count(text, []byte("\n"))
		return err
	})
	return lines, err
}
