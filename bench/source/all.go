package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// every says which of our rules answer each of gosec's, the patterns too.
var every = map[string][]string{
	"G101": {"hardcoded-secret"}, "G102": {"bind-all"}, "G103": {"unsafe-use"}, "G104": {"ignored-error", "ignored-security-error"}, "G106": {"ssh-host-key"},
	"G108": {"debug-exposed"}, "G111": {"directory-listing"}, "G112": {"server-timeouts"}, "G113": {"request-smuggling"}, "G114": {"server-timeouts"},
	"G115": {"integer-conversion", "integer-narrowing"}, "G116": {"bidi-characters"}, "G117": {"secret-in-json"}, "G118": {"lost-context"},
	"G119": {"redirect-headers"}, "G120": {"body-limit"}, "G121": {"csrf-bypass"}, "G122": {"walk-race"}, "G123": {"insecure-tls"}, "G124": {"insecure-cookie"},
	"G301": {"file-mode"}, "G302": {"file-mode"}, "G303": {"temp-file"}, "G306": {"file-mode"}, "G307": {"file-mode"},
	"G401": {"weak-hash", "weak-password-hash"}, "G402": {"insecure-tls"}, "G403": {"weak-key"}, "G404": {"weak-random"}, "G405": {"weak-cipher"}, "G406": {"weak-hash"},
	"G407": {"fixed-nonce"}, "G408": {"ssh-callback-state"},
	"G501": {"weak-hash"}, "G502": {"weak-cipher"}, "G503": {"weak-cipher"}, "G504": {"cgi-environment"}, "G505": {"weak-hash"}, "G506": {"weak-hash"}, "G507": {"weak-hash"},
	"G601": {"loop-variable"}, "G602": {"slice-bounds"},
}

// others are more samples whose count does not say what the code does, read
// one by one.
var others = map[string]string{
	"g104_005": "a call that gosec's configuration leaves out",
	"g104_008": "the error is given to _, which gosec's audit mode alone counts",
	"g104_009": "one error of three is given to _, which gosec's audit mode alone counts",
	"g101_007": "the name of a parser's state, and a hash",
	"g115_014": "a literal of three has a length of 3",
	"g115_021": "rand.Int63 is never negative",
	"g120_004": "the body is bounded by http.MaxBytesReader",
	"g123_001": "one fault, counted at two places",
	"g306_000": "others may read a file in /tmp, and nobody but the owner may write it",
	"g307_001": "asks for a mode that gosec's configuration sets",
	"g407_065": "no number is above 16 and below 16: the nonce stays as it was read",
	"g501_001": "one import, counted at two places; behind a build tag",
	"g502_000": "DES, and beside it CFB without authentication: two faults",
	"g602_008": "an index beyond the length: a true fault, capacity does not help",
	"g602_019": "a branch that is never taken: a length of 0 is not above 0",
}

// stubs stand for the modules that samples import, so that nothing is fetched.
var stubs = map[string]string{
	"crypto/go.mod":                 "module golang.org/x/crypto\n",
	"crypto/md4/md4.go":             "package md4\n\nimport \"hash\"\n\nfunc New() hash.Hash { return nil }\n",
	"crypto/ripemd160/ripemd160.go": "package ripemd160\n\nimport \"hash\"\n\nfunc New() hash.Hash { return nil }\n",
	"crypto/ssh/ssh.go":             "package ssh\n\nfunc InsecureIgnoreHostKey() func(string) error { return nil }\n",
	"yaml/go.mod":                   "module go.yaml.in/yaml/v3\n",
	"yaml/yaml.go":                  "package yaml\n\nfunc Marshal(any) ([]byte, error) { return nil, nil }\n",
	"toml/go.mod":                   "module github.com/BurntSushi/toml\n",
	"toml/toml.go":                  "package toml\n\nimport \"io\"\n\ntype Encoder struct{}\n\nfunc NewEncoder(io.Writer) *Encoder { return nil }\n\nfunc (*Encoder) Encode(any) error { return nil }\n",
}

const stubsMod = "\nrequire (\n\tgo.yaml.in/yaml/v3 v3.0.0\n\tgithub.com/BurntSushi/toml v1.0.0\n\tgolang.org/x/crypto v0.1.0\n)\n\n" +
	"replace go.yaml.in/yaml/v3 => ./yaml\n\nreplace github.com/BurntSushi/toml => ./toml\n\nreplace golang.org/x/crypto => ./crypto\n"

// allTable measures the whole of `merlon check` on every sample that there is.
func allTable(dir string) error {
	mapping := maps.Clone(rules)
	maps.Copy(mapping, every)
	samples, err := readSamples(dir, mapping)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "samples")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if err := errors.Join(write(tmp, samples), writeStubs(tmp)); err != nil {
		return err
	}
	theirs := gosec(tmp)
	for _, version := range older {
		maps.Copy(theirs, gosec(filepath.Join(tmp, version)))
	}
	ignored, err := away(samples)
	if err != nil {
		return err
	}
	ours, err := merlon(tmp, ignored)
	if err != nil {
		return err
	}
	table, agreed := map[string]*[2]score{}, map[string]*[2]score{}
	for _, s := range samples {
		got := 0
		for _, id := range mapping[s.rule] {
			got += ours[s.pkg()+" "+id]
		}
		count(table, s, got, theirs[s.pkg()+" "+s.rule])
		if disputed[s.pkg()] == "" && others[s.pkg()] == "" {
			count(agreed, s, got, theirs[s.pkg()+" "+s.rule])
		}
		if show := os.Getenv("SHOW"); got != s.want && (show == "all" || show == s.rule) {
			fmt.Printf("%s wants %d, got %d (gosec %d)\n%s\n", s.pkg(), s.want, got, theirs[s.pkg()+" "+s.rule], strings.Join(s.files, "\n---\n"))
		}
	}
	notes := map[string]string{}
	for rule, ours := range mapping {
		notes[rule] = strings.Join(ours, " ")
	}
	fmt.Printf("%d samples\n", len(samples))
	printTable("rule", notes, table)
	fmt.Printf("\nWithout the %d samples whose count is disputed:\n", len(disputed)+len(others))
	reasons := maps.Clone(disputed)
	maps.Copy(reasons, others)
	for _, name := range slices.Sorted(maps.Keys(reasons)) {
		fmt.Printf("  %s: %s\n", name, reasons[name])
	}
	printTable("rule", notes, agreed)
	return nil
}

// suppression is how a sample tells gosec to look away. A comment that names
// no rule speaks of what gosec finds on its line, which in no sample is a fault
// of the sample's own rule.
var suppression = regexp.MustCompile(`(#nosec|gosec:disable)\b.*`)

// away are the lines, by package and file, that a sample tells gosec not to
// judge: those of what go/ast says the comment belongs to, and of a statement
// that begins on the comment's line, because gosec reports at the first line of
// what it finds.
func away(samples []sample) (map[string][][2]int, error) {
	out := map[string][][2]int{}
	for _, s := range samples {
		for i, code := range s.files {
			if !suppression.MatchString(code) {
				continue
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, "", code, parser.ParseComments)
			if err != nil {
				return nil, err
			}
			name := fmt.Sprintf("%s/file%d.go", s.pkg(), i)
			line := func(p token.Pos) int { return fset.Position(p).Line }
			marked := map[int]bool{}
			for node, groups := range ast.NewCommentMap(fset, file, file.Comments) {
				for _, g := range groups {
					if strings.Contains(suppression.FindString(allText(g)), s.rule) {
						marked[line(g.Pos())] = true
						out[name] = append(out[name], [2]int{line(node.Pos()), line(node.End())})
					}
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if statement, ok := n.(ast.Stmt); ok && marked[line(n.Pos())] {
					if _, block := statement.(*ast.BlockStmt); !block {
						out[name] = append(out[name], [2]int{line(n.Pos()), line(n.End())})
					}
				}
				return true
			})
		}
	}
	return out, nil
}

// allText is the text of comments, directives too.
func allText(g *ast.CommentGroup) string {
	var text []string
	for _, c := range g.List {
		text = append(text, c.Text)
	}
	return strings.Join(text, " ")
}

func writeStubs(dir string) error {
	name := filepath.Join(dir, "go.mod")
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := os.WriteFile(name, append(text, stubsMod...), 0o644); err != nil {
		return err
	}
	for name, text := range stubs {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			return err
		}
	}
	return nil
}

// merlon runs the binary as a user does and counts its findings by sample and
// rule, but for those on lines to look away from. MERLON names another binary
// than the one built from this tree.
func merlon(dir string, away map[string][][2]int) (map[string]int, error) {
	findings, err := check(dir)
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, f := range findings {
		pkg := filepath.Base(filepath.Dir(f.Place.File))
		ignored := func(lines [2]int) bool { return lines[0] <= f.Place.Line && f.Place.Line <= lines[1] }
		if !slices.ContainsFunc(away[pkg+"/"+filepath.Base(f.Place.File)], ignored) {
			out[pkg+" "+f.ID]++
		}
	}
	return out, nil
}

// A found is one finding of the report.
type found struct {
	ID         string
	Title      string
	Level      string
	Confidence string
	Place      struct {
		File string
		Line int
	}
}

// check runs `merlon check` over a folder's source.
func check(dir string) ([]found, error) {
	bin, err := binary()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(bin, "check", "--tag", "source", "--no-network", "--format", "json", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+filepath.Join(os.TempDir(), "merlon-bench"))
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	var report struct{ Findings []found }
	if broken := json.Unmarshal(text, &report); broken != nil {
		return nil, errors.Join(err, broken)
	}
	return report.Findings, nil // an exit code says that there are findings
}

// binary is the merlon that is measured.
func binary() (string, error) {
	if name := os.Getenv("MERLON"); name != "" {
		return name, nil
	}
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/merlon-go/merlon").Output()
	if err != nil {
		return "", err
	}
	name := filepath.Join(os.TempDir(), "merlon-bench", "merlon")
	build := exec.Command("go", "build", "-o", name, "./cmd/merlon")
	build.Dir = strings.TrimSpace(string(dir))
	build.Stderr = os.Stderr
	return name, build.Run()
}
