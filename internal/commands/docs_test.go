package commands_test

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/internal/commands"
	"github.com/merlon-go/merlon/manage"
)

var update = flag.Bool("update", false, "write the list of docs/commands.md anew")

const (
	page  = "../../docs/commands.md"
	begin = "<!-- The rest is written from the commands: go test ./internal/commands -update -->\n\n"
)

// TestDocs holds docs/commands.md to the commands and their flags.
func TestDocs(t *testing.T) {
	var out, errs bytes.Buffer
	env := &manage.Env{Args: []string{"man", "--format", "markdown"}, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Now: time.Now}
	if code := manage.Run(t.Context(), commands.App(), env); code != 0 {
		t.Fatal(errs.String())
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, _, ok := strings.Cut(string(text), begin)
	if !ok {
		t.Fatal("docs/commands.md has lost its mark")
	}
	want := head + begin + strings.TrimRight(out.String(), "\n") + "\n"
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Error("docs/commands.md is not what the commands say: run go test ./internal/commands -update")
	}
}

// TestEveryCommandHasHelp: a short text, and no surprise in its flags.
func TestEveryCommandHasHelp(t *testing.T) {
	for _, args := range []string{"serve", "check", "scan", "explain", "settings", "migrate", "user create", "user list", "user show", "user disable", "user unlock", "user sign-out", "lockout list", "lockout show", "lockout reset",
		"user enable", "user set-password", "user set-staff", "csp reports", "csp suggest", "audit tail", "audit verify", "secret generate", "secret rotate", "man", "version"} {
		var out, errs bytes.Buffer
		env := &manage.Env{Args: append(strings.Fields(args), "--help"), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Now: time.Now}
		if code := manage.Run(t.Context(), commands.App(), env); code != 0 || !strings.Contains(out.String(), "Usage:\n  merlon "+args) || errs.Len() > 0 {
			t.Errorf("%s --help: code %d, %s%s", args, code, out.String(), errs.String())
		}
	}
}
