package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/store"
)

func isErr(err, want error) bool { return err != nil && errors.Is(err, want) }

// wantExplained checks that err is one line with a hint.
func wantExplained(t *testing.T, err error, problem string) {
	t.Helper()
	var e *store.Error
	switch {
	case !errors.As(err, &e):
		t.Errorf("%v is not a store.Error", err)
	case !strings.Contains(err.Error(), problem) || strings.Contains(err.Error(), "\n"):
		t.Errorf("%q does not say %q in one line", err, problem)
	case e.Hint == "" || strings.Contains(e.Hint, "\n"):
		t.Errorf("%q has the hint %q", err, e.Hint)
	}
}
