// Package reach says which vulnerable functions a program really calls. It is
// the slow half of the advisory rules, apart from them because it links the
// source analysis of golang.org/x/vuln.
//
//	rules := advisories.Rules(&advisories.Config{Reachable: reach.Calls, CallsOnly: true})
//
// It serves against alarm without danger: of the advisories that concern a
// module's version, most are about functions that the program never reaches.
//
// # What it does not do
//
// It does not see calls through reflection or in other languages, and it needs
// a program that compiles, with its dependencies on the disk: nothing is
// fetched but the database.
package reach

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/vuln/scan"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/advisories"
)

// message is the part of govulncheck's JSON stream that is read.
type message struct {
	Finding *struct {
		OSV   string  `json:"osv"`
		Trace []frame `json:"trace"`
	} `json:"finding"`
}

type frame struct {
	Module   string `json:"module"`
	Package  string `json:"package"`
	Function string `json:"function"`
	Receiver string `json:"receiver"`
	Position *struct {
		Filename string `json:"filename"`
		Line     int    `json:"line"`
		Column   int    `json:"column"`
	} `json:"position"`
}

func (f frame) symbol() string {
	name := f.Function
	if f.Receiver != "" {
		name = strings.TrimPrefix(f.Receiver, "*") + "." + name
	}
	return f.Package + "." + name
}

// Calls analyses the module in dir, which must be absolute, with the database
// at source, an address or an absolute folder. It fits
// [advisories.Config.Reachable].
func Calls(ctx context.Context, dir, source string) (map[string]advisories.Call, error) {
	if !strings.Contains(source, "://") {
		source = (&url.URL{Scheme: "file", Path: filepath.ToSlash(source)}).String()
	}
	out, in := io.Pipe()
	var stderr bytes.Buffer
	cmd := scan.Command(ctx, "-C", dir, "-db", source, "-format", "json", "-scan", "symbol", "./...")
	cmd.Stdout, cmd.Stderr = in, &stderr
	cmd.Env = append((&exec.Cmd{}).Environ(), "GOPROXY=off", "GOTOOLCHAIN=local") // what is not on the disk stays there
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	ended := make(chan error, 1)
	go func() {
		err := cmd.Wait()
		_ = in.Close() // never fails
		ended <- err
	}()
	calls, err := Parse(out, dir)
	_, _ = io.Copy(io.Discard, out) // lets it end
	if waited := <-ended; waited != nil {
		return nil, errors.New(reason(stderr.String()+"\n"+waited.Error(), dir))
	}
	return calls, err
}

// reason finds the line that names a place in the program, or else the first.
func reason(text, dir string) string {
	first := ""
	for line := range strings.Lines(strings.ReplaceAll(text, dir+string(filepath.Separator), "")) {
		line = strings.TrimSpace(line)
		if first == "" && line != "" {
			first = line
		}
		if strings.Contains(line, ".go:") || strings.HasPrefix(line, "go: ") {
			first = line
			break
		}
	}
	return fmt.Sprintf("%.300s", first)
}

// Parse reads the JSON stream of govulncheck. Files of dir are named relative
// to it.
func Parse(r io.Reader, dir string) (map[string]advisories.Call, error) {
	calls := map[string]advisories.Call{}
	for d := json.NewDecoder(r); ; {
		var m message
		if err := d.Decode(&m); errors.Is(err, io.EOF) {
			return calls, nil
		} else if err != nil {
			return nil, errors.New("the answer breaks off")
		}
		if m.Finding == nil || len(m.Finding.Trace) == 0 {
			continue
		}
		known, seen := calls[m.Finding.OSV]
		if seen && known.Symbol != "" {
			continue // one way is enough
		}
		call := advisories.Call{}
		if trace := m.Finding.Trace; trace[0].Function != "" {
			call.Symbol = trace[0].symbol()
			for i := len(trace) - 1; i >= 0; i-- { // the stream begins with the vulnerable function
				call.Trace = append(call.Trace, step(trace[i], dir))
			}
		} else if trace[0].Package == "" {
			continue // the module alone: nothing of it is imported
		}
		calls[m.Finding.OSV] = call
	}
}

func step(f frame, dir string) check.Step {
	s := check.Step{Text: f.symbol()}
	if f.Position != nil && f.Position.Line > 0 {
		name := f.Position.Filename
		if rest, err := filepath.Rel(dir, name); err == nil && filepath.IsLocal(rest) {
			name = rest
		}
		s.Place = check.Place{File: filepath.ToSlash(name), Line: f.Position.Line, Col: f.Position.Column}
	}
	return s
}
