package manage

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/merlon-go/merlon/check"
)

// before checks the tree as it was at the commit o.diff, and returns what it
// finds there as a baseline: what is left is what the change adds, wherever
// lines have moved to.
func (o *checkOptions) before(ctx context.Context, options check.Options) (*check.Baseline, error) {
	env := o.program.Env
	here, err := filepath.Abs(env.Path("."))
	if err != nil {
		return nil, err
	}
	if here, err = filepath.EvalSymlinks(here); err != nil {
		return nil, err
	}
	top, err := git(ctx, here, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, usage("--diff needs a git repository", "run it inside of one")
	}
	commit, err := git(ctx, here, "rev-parse", "--verify", "--quiet", "--end-of-options", o.diff+"^{commit}")
	if err != nil {
		return nil, usage(fmt.Sprintf("--diff: %q is no commit", clip(o.diff)), "git fetch it first; a shallow clone may not have it")
	}
	folder, err := os.MkdirTemp(env.TempDir, "merlon-diff-")
	if err != nil {
		return nil, failed("reading the commit", reason(err))
	}
	defer os.RemoveAll(folder)
	if err := checkout(ctx, top, commit, folder); err != nil {
		return nil, failed("reading the commit", err)
	}
	inside, err := filepath.Rel(top, here)
	if err != nil || !filepath.IsLocal(inside) {
		return nil, usage("--diff: the folder is not inside of the repository")
	}
	options.Target = &check.Target{Dir: filepath.Join(folder, inside), Now: env.Now, GoVersion: env.GoVersion, CacheDir: o.program.cacheDir()}
	options.Silenced, options.Baseline = nil, nil
	for _, path := range o.paths {
		if filepath.IsAbs(path) {
			if path, err = filepath.Rel(here, path); err != nil {
				return nil, err
			}
		}
		if _, err := os.Stat(options.Target.Path(strings.TrimSuffix(path, "..."))); err != nil {
			continue // the change made it
		}
		options.Target.Paths = append(options.Target.Paths, path)
	}
	b := &check.Baseline{Version: 1}
	if len(options.Target.Paths) == 0 {
		return b, nil
	}
	report, err := check.Run(ctx, options)
	if err != nil {
		return nil, usage(strings.TrimPrefix(err.Error(), "check: "))
	}
	for i := range report.Findings {
		b.Findings = append(b.Findings, check.BaselineEntry{Fingerprint: report.Findings[i].Fingerprint, ID: report.Findings[i].ID})
	}
	return b, nil
}

// git runs git and returns the line that it prints.
func git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

// maxCheckout bounds what is written to disk of a commit.
const maxCheckout = 8 << 30

// checkout writes the files of a commit into a folder. The names come from the
// commit, so they are opened below the folder only.
func checkout(ctx context.Context, top, commit, folder string) (err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	cmd := exec.CommandContext(ctx, "git", "archive", "--format=tar", commit)
	cmd.Dir = top
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	err = unpack(tar.NewReader(io.LimitReader(out, maxCheckout)), root)
	if err != nil {
		_ = cmd.Process.Kill()
	}
	return errors.Join(err, cmd.Wait())
}

func unpack(from *tar.Reader, root *os.Root) error {
	for {
		h, err := from.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := filepath.FromSlash(h.Name)
		switch h.Typeflag {
		case tar.TypeDir:
			err = root.MkdirAll(name, 0o700)
		case tar.TypeReg:
			err = unpackFile(from, root, name)
		}
		if err != nil {
			return err
		}
	}
}

func unpackFile(from io.Reader, root *os.Root, name string) error {
	if dir := filepath.Dir(name); dir != "." {
		if err := root.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Close())
}
