package merlon_test

import (
	"os"
	"strings"
	"testing"
)

// TestReadmeShowsTheExample compares the README's Go code with the Example that
// the compiler sees.
func TestReadmeShowsTheExample(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(source), "func Example() {\n")
	body, _, _ = strings.Cut(body, "\n}\n")
	body = strings.ReplaceAll("\n"+body, "\n\t", "\n")[1:]
	if lines := strings.Count(body, "\n") + 1; lines > 16 {
		t.Errorf("the example has %d lines", lines)
	}
	if !strings.Contains(string(readme), body) {
		t.Errorf("the README does not show the example as it is:\n%s", body)
	}
}
