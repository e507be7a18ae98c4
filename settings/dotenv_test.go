package settings_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/settings"
)

// files is a Source.ReadFile made of a map of base names.
func files(m map[string]string) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if text, ok := m[filepath.Base(name)]; ok {
			return []byte(text), nil
		}
		return nil, fmt.Errorf("opening %s: %w", name, fs.ErrNotExist)
	}
}

// dotenv loads MERLON_K from a .env file.
func dotenv(text string, environ ...string) (value string, set bool, err error) {
	var k secrets.Secret
	s, err := settings.Load(settings.Source{
		Dev: true, Environ: append([]string{}, environ...), ReadFile: files(map[string]string{".env": text}),
		Extra: []settings.Setting{settings.SecretText("K", &k, "")},
	})
	if err != nil {
		return "", false, err
	}
	return k.Reveal(), s.Where("K") != "default", nil
}

// TestDotenvLines is the table of single lines; MERLON_K is written K.
func TestDotenvLines(t *testing.T) {
	const refused = "\x00"
	for _, row := range []struct{ line, want string }{
		{"K=val", "val"}, {"K = val", "val"}, {"K= val", "val"}, {"K\t=\tval\t", "val"},
		{`K=""`, ""}, {`K=''`, ""}, {"K=", ""}, {"K=   ", ""}, {"K= # c", ""},
		{`K="a b"`, "a b"}, {`K='a b'`, "a b"}, {`K="a b" `, "a b"}, {`K=" a "`, " a "}, {"K=a b", "a b"},
		{"export  K=val", "val"}, {"export K=val", "val"}, {"  export K=val", "val"}, {"EXPORT K=val", refused}, {"export K", refused}, {"K", refused},
		{"K=val#c", "val#c"}, {"K=val # c", "val"}, {"K=val\t# c", "val"}, {"K=#c", ""}, {`K="a#b"`, "a#b"}, {`K="a" # c`, "a"}, {`K="a"#c`, refused}, {"K='a' # \"c", "a"},
		{`K="a\nb"`, "a\nb"}, {`K='a\nb'`, `a\nb`}, {`K=a\nb`, `a\nb`},
		{`K="a\"b"`, `a"b`}, {`K="a\\b"`, `a\b`}, {`K="\t\r\$"`, "\t\r$"}, {`K="C:\dir"`, refused}, {`K='C:\dir'`, `C:\dir`}, {`K=C:\dir`, `C:\dir`},
		{`K='a\'b'`, refused}, {"=val", refused}, {"9K=val", refused}, {"K L=val", refused}, {"K: val", refused}, {"-", refused},
		{`K="'q'"`, "'q'"}, {`K='"q"'`, `"q"`}, {`K=a"b`, `a"b`}, {"K=it's", "it's"},
		{"K=$HOME", "$HOME"}, {"K=$", "$"}, {"K=a$$b", "a$$b"}, {`K='${X}'`, "${X}"}, {`K="\${X}"`, "${X}"},
		{"K=val\r\n", "val"}, {"\ufeffK=val", "val"},
		{"K=\"multi\nline\"", "multi\nline"}, {"K='multi\r\nline'", "multi\nline"}, {"K=1\nK=2", "2"},
		{"K=фуу", "фуу"}, {"K=a\x0cb", refused}, {"K=a\xffb", refused}, {"K=a\rb", refused}, {"K='a\rb'", refused}, {"K=\"a\x00b\"", refused},
		{`K="a" "b"`, refused}, {`K="a`, refused}, {"K='a\nb", refused}, {`K="a"b`, refused},
		{"\n\n  # comment\n\t\nK=val\n\n", "val"}, {"K==", "="}, {"K=a=b", "a=b"},
		{"OTHER-1.x=y\nK=val", "val"},
	} {
		text := strings.ReplaceAll(row.line, "K", "MERLON_K")
		got, set, err := dotenv(text)
		switch {
		case row.want == refused:
			if err == nil {
				t.Errorf("%q: %q, want an error", row.line, got)
			}
		case err != nil || got != row.want || !set:
			t.Errorf("%q: %q (set: %v), %v", row.line, got, set, err)
		}
	}
}

func TestDotenvReferences(t *testing.T) {
	const refused = "\x00"
	for _, row := range []struct{ text, want string }{
		{"B=x\nMERLON_K=${B}", "x"}, {"MERLON_K=${B}\nB=x", "x"}, {"B=x\nMERLON_K=\"a ${B} c\"", "a x c"}, {"B=x\nMERLON_K=a${B}c # d", "axc"},
		{"MERLON_K=${E}", "from environment"}, {"E=file\nMERLON_K=${E}", "from environment"},
		{"MERLON_K=${NONE:-d}", "d"}, {"MERLON_K=${NONE:-}", ""}, {"B=\nMERLON_K=${B:-d}", "d"}, {"B=x\nMERLON_K=${B:-d}", "x"}, {"MERLON_K=\"${NONE:-a b}\"", "a b"},
		{"B=x\nMERLON_K=${NONE:-${B}}", "x"}, {"MERLON_K=${A:-${B:-${C:-deep}}}", "deep"}, {"MERLON_K=${A:-x}${B:-y}", "xy"},
		{"B='${C}'\nC=no\nMERLON_K=${B}", "${C}"}, {"MERLON_K=${A:-a # b}", "a # b"},
		{"MERLON_K=${NONE}", refused}, {"MERLON_K=${", refused}, {"MERLON_K=${}", refused}, {"MERLON_K=${A", refused}, {"MERLON_K=${A-b}", refused}, {"MERLON_K=${A:b}", refused},
		{"MERLON_K=${A b}", refused}, {"MERLON_K=\"${A:-\"", refused}, {"MERLON_K=${MERLON_K}", refused},
		{"A=${B}\nB=${C}\nC=${A}\nMERLON_K=${A}", refused}, {"MERLON_K=${A:-${A}}\nA=${MERLON_K}", refused},
		{"MERLON_K=" + strings.Repeat("${A:-", 20) + strings.Repeat("}", 20), refused},
	} {
		got, _, err := dotenv(row.text, "E=from environment")
		switch {
		case row.want == refused && err == nil:
			t.Errorf("%q: %q, want an error", row.text, got)
		case row.want != refused && (err != nil || got != row.want):
			t.Errorf("%q: %q, %v", row.text, got, err)
		}
	}
	_, _, err := dotenv("A=1\nMERLON_K=${B}\nB=${C}\nC=${B}")
	wantErrors(t, err, "MERLON_K (.env:2): a reference ${} that leads back to itself")
	// Lines of other programs, which read them by rules of their own.
	for _, line := range []string{"A=${NOT_SET}", `A="\d"`, "A=${X/y/z}", `A='it'\''s'`, "A=a\x0cb", `A="x" y`} {
		if got, _, err := dotenv(line + "\nMERLON_K=1"); err != nil || got != "1" {
			t.Errorf("%q, which nobody reads: %q, %v", line, got, err)
		}
		if _, _, err := dotenv(line + "\nMERLON_K=${A}"); err == nil {
			t.Errorf("%q, which is asked for, has a value", line)
		}
	}
}

// TestAttackBillionLaughs: each line doubles the one before.
func TestAttackBillionLaughs(t *testing.T) {
	text := "A0=aaaaaaaaaaaaaaaa\n"
	for i := 1; i < 64; i++ {
		text += fmt.Sprintf("A%d=${A%d}${A%d}\n", i, i-1, i-1)
	}
	_, _, err := dotenv(text + "MERLON_K=${A63}")
	wantErrors(t, err, "MERLON_K (.env:65): longer than 64 KiB")
}

func TestDotenvCaps(t *testing.T) {
	_, _, err := dotenv("MERLON_K=" + strings.Repeat("x", 70<<10))
	wantErrors(t, err, "MERLON_K (.env:1): longer than 64 KiB")
	_, _, err = dotenv(strings.Repeat("# comment\n", 200_000))
	wantErrors(t, err, ".env: cannot be read: larger than 1MiB")
}

// TestDotenvErrorsAllAtOnce also shows that a line is never quoted: a password
// on a line of its own is the commonest mistake (django-environ logs the line).
func TestDotenvErrorsAllAtOnce(t *testing.T) {
	_, _, err := dotenv("hunter2\nMERLON_K=\"a\\q\nstill quoted\" x\nA=1\n=hunter2\nMERLON_NOPE=hunter2\nhunter2: x\nB='hunter2\n")
	wantErrors(t, err,
		".env:1: not NAME=value, # comment or a blank line",
		`MERLON_K (.env:2): an escape other than \n \r \t \\ \" \$; single quotes keep a backslash`,
		".env:5: not NAME=value, # comment or a blank line",
		".env:7: not NAME=value, # comment or a blank line",
		"B (.env:8): a quote that is not closed",
		"MERLON_NOPE (.env:6): unknown setting",
	)
}

func TestDotenvWarnsOfDuplicates(t *testing.T) {
	s, err := settings.Load(settings.Source{Dev: true, Environ: []string{}, ReadFile: files(map[string]string{".env": "MERLON_CSP=strict\nA=1\nMERLON_CSP=strict"})})
	if err != nil {
		t.Fatal(err)
	}
	if w := s.Warnings(); len(w) != 1 || w[0].Error() != "MERLON_CSP (.env:3): set twice in this file; the last one counts" || s.Where("CSP") != ".env:3" {
		t.Errorf("%v, %s", w, s.Where("CSP"))
	}
}

func FuzzDotenv(f *testing.F) {
	for _, seed := range []string{
		"K=v", "export K=\"a\\n${B:-c}\" # d\nB='x'", "K=${K}", "\ufeffK='a\r\nb'\r\n", "=\n=\n", "K=\"", "K='", "K=${", "K=${A:-${B:-", "K=\\", "K=\"\\", "export", "export =x", "K=\"a\" \"b\"",
		"K=a\x0cb", "K=\xff", "a\nb\nc", "K=\"\n\n${", "A=${B}\nB=${A}\nMERLON_K=${A}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ReplaceAll(text, "K", "MERLON_K")
		value, _, err := dotenv(text)
		var all settings.Errors
		if err != nil && !errors.As(err, &all) {
			t.Fatalf("%T", err)
		}
		for _, one := range all {
			if one.Problem == "" || !strings.Contains(one.Source, ".env") {
				t.Errorf("%+v", one)
			}
		}
		if len(value) > 64<<10 {
			t.Errorf("%d bytes", len(value))
		}
	})
}
