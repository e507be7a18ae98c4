package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/merlon-go/merlon/check/repo/leak"
)

// labelled compares what is found in a repository with planted secrets, whose
// .leaky-meta/secrets.csv says how many each file holds. What git leaves at
// home is read as well, so this is about the reading of text alone.
func labelled(dir, binary string, missed bool) error {
	f, err := os.Open(filepath.Join(dir, ".leaky-meta", "secrets.csv"))
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord, r.LazyQuotes, r.Comment = -1, true, '#'
	rows, err := r.ReadAll()
	if err != nil {
		return err
	}
	theirs, err := counted(dir, binary)
	if err != nil {
		return err
	}
	var secrets, files, ours, oursFiles, peers, peersFiles int
	for _, row := range rows {
		if len(row) < 3 {
			continue
		}
		planted, err := strconv.Atoi(row[1])
		if err != nil || planted == 0 {
			continue // the head line, or a file without
		}
		text, err := os.ReadFile(filepath.Join(dir, row[0]))
		if err != nil {
			return err
		}
		found := len(leak.Scan(row[0], text))
		secrets, files = secrets+planted, files+1
		ours, peers = ours+min(found, planted), peers+min(theirs[row[0]], planted)
		oursFiles, peersFiles = oursFiles+min(found, 1), peersFiles+min(theirs[row[0]], 1)
		if missed && found < planted {
			fmt.Printf("%s: %d of %d\n", row[0], found, planted)
		}
	}
	fmt.Printf("|          | secrets of %d | files of %d |\n|----------|--------------:|------------:|\n", secrets, files)
	fmt.Printf("| Merlon   | %d            | %d          |\n", ours, oursFiles)
	if binary != "" {
		fmt.Printf("| gitleaks | %d            | %d          |\n", peers, peersFiles)
	}
	return nil
}

// counted lets gitleaks read the folder and counts its findings by file.
func counted(dir, binary string) (map[string]int, error) {
	if binary == "" {
		return nil, nil
	}
	out, err := os.MkdirTemp("", "secrets")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(out)
	report := filepath.Join(out, "report.json")
	cmd := exec.Command(binary, "dir", "--no-banner", "--exit-code", "0", "--report-path", report, dir)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(report)
	var found []struct{ File string }
	if err = errors.Join(err, json.Unmarshal(text, &found)); err != nil {
		return nil, err
	}
	count := map[string]int{}
	for _, f := range found {
		if name, err := filepath.Rel(dir, f.File); err == nil {
			count[filepath.ToSlash(name)]++
		}
	}
	return count, nil
}
