package repo_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/repo"
)

func FuzzWorkflow(f *testing.F) {
	for _, seed := range []string{"", "on: push", "a: &a [*a]", "on:\n  x: {run: [a, {b: c}]}", "- - - -", "? a\n: b", "run: |\n  x", "%YAML 1.1\n---\na", "env: {a: b}\nrun: echo $a", "\t"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_ = repo.ReadWorkflow(".github/workflows/a.yml", text)
		_ = repo.ReadWorkflow(".gitlab-ci.yml", text)
	})
}
