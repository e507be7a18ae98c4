// Command secrets measures how many secrets `merlon check` finds, and how many
// false alarms it gives, on the cases that gitleaks validates its own rules by.
//
//	go run ./secrets -gitleaks PATH [-peer]
//
// PATH is a checkout of gitleaks. Its cases are partly drawn anew each time, so
// they are made by its own generator, built with one file replaced that writes
// them down instead of judging them; nothing of it is kept here. With -peer
// gitleaks' own detector, with all its rules, judges the same cases.
//
// A case counts as found if at least one secret is reported in it.
//
//	go run ./secrets -planted PATH [-binary gitleaks]
//
// reads a checkout of github.com/Plazmaz/leaky-repo, which plants secrets in
// some forty kinds of files and counts them.
package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/merlon-go/merlon/check/repo/leak"
)

//go:embed shim.go.tmpl
var shim []byte

type sample struct {
	Rule   string `json:"rule"`
	Path   string `json:"path"`
	Text   string `json:"text"`
	Secret bool   `json:"secret"`
	Peer   bool   `json:"peer"` // what gitleaks says
}

func main() {
	path := flag.String("gitleaks", "", "`PATH` of a checkout of gitleaks")
	casesFile := flag.String("cases", "", "read the cases from `FILE`, written by an earlier run, or write them there")
	peer := flag.Bool("peer", false, "let gitleaks judge the same cases")
	missed := flag.Bool("missed", false, "list what is judged wrongly")
	planted := flag.String("planted", "", "`PATH` of a repository whose .leaky-meta/secrets.csv counts the secrets planted in it")
	binary := flag.String("binary", "", "with -planted, `PATH` of gitleaks, to read it too")
	flag.Parse()
	if *planted != "" {
		if err := labelled(*planted, *binary, *missed); err != nil {
			fmt.Fprintln(os.Stderr, "secrets:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(*path, *casesFile, *peer, *missed); err != nil {
		fmt.Fprintln(os.Stderr, "secrets:", err)
		os.Exit(1)
	}
}

func run(path, file string, peer, missed bool) error {
	if file == "" {
		dir, err := os.MkdirTemp("", "secrets")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		file = filepath.Join(dir, "cases.json")
	}
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		if path == "" {
			return errors.New("-gitleaks is missing")
		}
		if err := generate(path, file, peer); err != nil {
			return err
		}
	}
	samples, err := read(file)
	if err != nil {
		return err
	}
	samples, both := settle(samples)
	report(samples, peer, missed)
	if both > 0 {
		fmt.Printf("Left out: %d cases that one rule calls clean and another a secret.\n", both)
	}
	return nil
}

// settle leaves out the clean cases that are word for word the secret of
// another rule: a detector that runs all rules is right to report them.
func settle(samples []sample) (kept []sample, both int) {
	secrets := map[string]bool{}
	for _, s := range samples {
		if s.Secret {
			secrets[s.Path+"\x00"+s.Text] = true
		}
	}
	for _, s := range samples {
		if !s.Secret && secrets[s.Path+"\x00"+s.Text] {
			both++
			continue
		}
		kept = append(kept, s)
	}
	return kept, both
}

// generate runs gitleaks' generator with its validation replaced.
func generate(path, file string, peer bool) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "secrets")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	replacement := filepath.Join(dir, "validate.go")
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(path, "cmd/generate/config/utils/validate.go"): replacement,
	}})
	if err != nil {
		return err
	}
	if err := errors.Join(os.WriteFile(replacement, shim, 0o600), os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600)); err != nil {
		return err
	}
	if file, err = filepath.Abs(file); err != nil {
		return err
	}
	cmd := exec.Command("go", "run", "-mod=mod", "-overlay", filepath.Join(dir, "overlay.json"), ".", filepath.Join(dir, "config.toml"))
	cmd.Dir = filepath.Join(path, "cmd/generate/config")
	cmd.Env = append(os.Environ(), "MERLON_CASES="+file)
	if peer {
		cmd.Env = append(cmd.Env, "MERLON_PEER=1")
	}
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}

func read(file string) ([]sample, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var samples []sample
	for d := json.NewDecoder(bufio.NewReader(f)); d.More(); {
		var s sample
		if err := d.Decode(&s); err != nil {
			return nil, err
		}
		samples = append(samples, s)
	}
	return samples, nil
}

// A score counts verdicts.
type score struct{ truePositive, falsePositive, falseNegative, trueNegative int }

func (s *score) add(secret, found bool) {
	switch {
	case secret && found:
		s.truePositive++
	case secret:
		s.falseNegative++
	case found:
		s.falsePositive++
	default:
		s.trueNegative++
	}
}

func (s score) recall() float64 { return ratio(s.truePositive, s.truePositive+s.falseNegative) }

func (s score) precision() float64 { return ratio(s.truePositive, s.truePositive+s.falsePositive) }

func (s score) specificity() float64 { return ratio(s.trueNegative, s.trueNegative+s.falsePositive) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

func report(samples []sample, peer, missed bool) {
	var ours, theirs score
	byRule := map[string]*score{}
	for _, s := range samples {
		leaks := leak.Scan(s.Path, []byte(s.Text))
		found := len(leaks) > 0
		ours.add(s.Secret, found)
		theirs.add(s.Secret, s.Peer)
		if byRule[s.Rule] == nil {
			byRule[s.Rule] = &score{}
		}
		byRule[s.Rule].add(s.Secret, found)
		if missed && found != s.Secret {
			kind := "missed"
			if found {
				kind = "false alarm (" + leaks[0].Kind + ")"
				if s.Peer {
					kind = "shared " + kind
				}
			}
			fmt.Printf("%s %s: %s %.200q\n", kind, s.Rule, s.Path, s.Text)
		}
	}
	var recall, rules float64
	for _, rule := range slices.Sorted(maps.Keys(byRule)) {
		rules++
		recall += byRule[rule].recall()
		if r := byRule[rule]; missed && r.recall() < 1 {
			fmt.Printf("%-45s recall %.2f  false alarms %d of %d\n", rule, r.recall(), r.falsePositive, r.falsePositive+r.trueNegative)
		}
	}
	fmt.Printf("%d rules, %d cases: %d with a secret, %d without\n\n", len(byRule), len(samples), ours.truePositive+ours.falseNegative, ours.falsePositive+ours.trueNegative)
	fmt.Println("|          | recall | precision | clean cases left alone |\n|----------|-------:|----------:|-----------------------:|")
	row := func(name string, s score) {
		fmt.Printf("| %-8s | %.3f  | %.3f     | %.3f                  |\n", name, s.recall(), s.precision(), s.specificity())
	}
	row("Merlon", ours)
	if peer {
		row("gitleaks", theirs)
	}
	fmt.Printf("\nRecall with every rule counting the same: %.3f\n", recall/rules)
}
