package manage

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/merlon-go/merlon/check"
)

// repair writes the edits that findings come with, and reports whether it
// wrote any.
func (o *checkOptions) repair(t *check.Target, report *check.Report) (bool, error) {
	repairs, repaired, refused, err := check.Repairs(t, report)
	if err != nil {
		return false, failed("repairing", err)
	}
	for _, r := range repairs {
		if err := rewrite(t.Path(r.File), r.Before, r.After); err != nil {
			return false, failed("repairing "+r.File, reason(err))
		}
		fmt.Fprintf(o.errs, "repaired %s\n", r.File)
	}
	if len(repaired)+len(refused) == 0 {
		fmt.Fprintln(o.errs, "nothing that can be repaired without a person")
		return false, nil
	}
	fmt.Fprintf(o.errs, "%s repaired in %s\n", plural(len(repaired), "finding"), plural(len(repairs), "file"))
	if len(refused) > 0 {
		fmt.Fprintf(o.errs, "%s left, because another repair touches the same place: run check --fix again\n", plural(len(refused), "finding"))
	}
	return len(repairs) > 0, nil
}

// rewrite writes after in the place of before, whole or not at all. A file
// that changed in the meantime is left alone.
func rewrite(name string, before, after []byte) error {
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	now, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, before) {
		return errors.New("the file was changed in the meantime")
	}
	return replaceFile(name, after, info.Mode().Perm())
}
