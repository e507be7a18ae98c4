package manage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/internal/git"
)

// before checks the tree as it was at the commit o.diff, and returns what it
// finds there as a baseline: what is left is what the change adds, wherever
// lines have moved to.
func (o *checkOptions) before(ctx context.Context, options check.Options) (*check.Baseline, error) {
	env := o.program.Env
	repo, commit, err := o.commit(ctx)
	if err != nil {
		return nil, err
	}
	o.base = commit
	paths, err := o.pathsIn(repo)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(env.TempDir, "merlon-diff-")
	if err != nil {
		return nil, failed("reading the commit", reason(err))
	}
	defer os.RemoveAll(folder)
	modules, err := checkout(ctx, repo, commit, folder)
	if err != nil {
		return nil, diffError(repo, err)
	}
	for _, name := range modules {
		fmt.Fprintf(o.errs, "%s: --diff: %s is another repository (a submodule): what is found in it counts as added\n", o.program.Name, plainText(name))
	}
	options.Target = &check.Target{Dir: filepath.Join(folder, filepath.FromSlash(repo.Prefix)), Now: env.Now, GoVersion: env.GoVersion, CacheDir: o.program.cacheDir()}
	options.Silenced, options.Baseline = nil, nil
	for _, name := range paths {
		if _, err := os.Stat(options.Target.Path(strings.TrimSuffix(name, "..."))); err == nil { // else the change made it
			options.Target.Paths = append(options.Target.Paths, name)
		}
	}
	b := &check.Baseline{Version: 1}
	if len(options.Target.Paths) == 0 {
		return b, nil
	}
	report, err := check.Run(ctx, options)
	if err != nil {
		return nil, usage(strings.TrimPrefix(err.Error(), "check: "))
	}
	if ctx.Err() != nil {
		return nil, ctx.Err() // half a baseline would call old findings new
	}
	for i := range report.Findings {
		b.Findings = append(b.Findings, check.BaselineEntry{Fingerprint: report.Findings[i].Fingerprint, ID: report.Findings[i].ID})
	}
	return b, nil
}

// commit opens the repository and finds the commit that o.diff names.
func (o *checkOptions) commit(ctx context.Context) (*git.Repo, string, error) {
	repo, err := git.Open(ctx, o.program.Env.Path("."))
	switch {
	case errors.Is(err, git.ErrNoRepo):
		return nil, "", usage("--diff needs a git repository, and this folder is in none", "run it inside of one")
	case err != nil:
		return nil, "", failed("--diff", plainError(err))
	case repo.Bare:
		return nil, "", usage("--diff needs a working tree, and this repository is bare")
	}
	commit, err := repo.Commit(ctx, o.diff)
	if !errors.Is(err, git.ErrNoCommit) {
		return repo, commit, err
	}
	hint := "git fetch it first, or write another name: a branch, a tag, HEAD~1"
	if _, headless := repo.Commit(ctx, "HEAD"); errors.Is(headless, git.ErrNoCommit) {
		hint = "the repository has no commit yet: run check without --diff"
	} else if repo.Shallow {
		hint = "this clone is shallow: git fetch --unshallow, or let the pipeline fetch the whole history (fetch-depth: 0)"
	}
	return nil, "", usage(fmt.Sprintf("--diff: %q is no commit that is here", clip(o.diff)), hint)
}

// pathsIn returns the paths to check relative to the working folder. All must
// lie in the repository: the commit holds nothing else.
func (o *checkOptions) pathsIn(repo *git.Repo) ([]string, error) {
	here, err := filepath.Abs(o.program.Env.Path("."))
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, name := range o.paths {
		inside := name
		if filepath.IsAbs(name) {
			if inside, err = filepath.Rel(here, name); err != nil {
				return nil, err
			}
		}
		if !filepath.IsLocal(filepath.Join(filepath.FromSlash(repo.Prefix), inside)) {
			return nil, usage(fmt.Sprintf("--diff: %q is outside of the repository", clip(name)), "check it by itself, without --diff")
		}
		paths = append(paths, inside)
	}
	return paths, nil
}

// diffError explains why a commit could not be read.
func diffError(repo *git.Repo, err error) error {
	if missing, ok := errors.AsType[missingError](err); ok && repo.Partial {
		return &Error{Text: "--diff: " + missing.Error(), Hints: []string{"this clone is partial, and check fetches nothing: make a full clone, or check the commit out once and come back"}}
	}
	if repo.Partial {
		return failed("--diff: reading the commit", plainError(err), "this clone is partial, and check fetches nothing: make a full clone")
	}
	return failed("--diff: reading the commit", plainError(err))
}

// plainError takes away the names that packages put before their errors, and
// the paths that os does.
func plainError(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return errors.New(strings.TrimPrefix(reason(err).Error(), "git: "))
}

// maxCheckout bounds what is written to disk of a commit.
const maxCheckout = 8 << 30

// A missingError is how many of a commit's files could not be read.
type missingError int

func (n missingError) Error() string {
	return plural(int(n), "file") + " of the commit cannot be read from the repository"
}

// checkout writes the files of a commit into a folder as they were committed,
// and returns the submodules, which it leaves out. The names come from the
// commit, so they are opened below the folder only, and a folder .git that
// somebody put there is not one that later commands should find.
func checkout(ctx context.Context, repo *git.Repo, commit, folder string) (modules []string, err error) {
	files, err := repo.Tree(ctx, commit)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	known := map[string]string{} // path → blob, of files
	links := map[string]string{} // blob → one path
	for _, f := range files {
		switch {
		case !safeName(f.Path):
		case f.Module:
			modules = append(modules, f.Path)
		case f.Link:
			links[f.ID] = f.Path
		default:
			known[f.Path] = f.ID
		}
	}
	if err := follow(ctx, repo, files, links, known); err != nil {
		return nil, err
	}
	places := map[string][]string{}
	wanted := map[string]string{}
	for name, id := range known {
		places[id], wanted[id] = append(places[id], name), name
	}
	w := &unpacker{root: root, left: maxCheckout}
	stats, err := repo.Blobs(ctx, git.BlobOptions{IDs: wanted}, func(b git.Blob) { w.write(b, places[b.ID]) })
	if n := len(stats.Broken); n > 0 && ctx.Err() == nil {
		return nil, missingError(n)
	}
	return modules, errors.Join(err, w.err)
}

// follow adds to known each link that leads to a file of the same commit, with
// that file's content. Others lead out of it, and are left out.
func follow(ctx context.Context, repo *git.Repo, files []git.TreeFile, links, known map[string]string) error {
	if len(links) == 0 {
		return nil
	}
	targets := map[string]string{}
	stats, err := repo.Blobs(ctx, git.BlobOptions{IDs: links, MaxSize: 4096}, func(b git.Blob) { targets[b.ID] = string(b.Text) })
	if n := len(stats.Broken); n > 0 && ctx.Err() == nil {
		return missingError(n)
	}
	for _, f := range files {
		if !f.Link || !safeName(f.Path) {
			continue
		}
		if id, ok := known[path.Join(path.Dir(f.Path), targets[f.ID])]; ok && !path.IsAbs(targets[f.ID]) {
			known[f.Path] = id
		}
	}
	return err
}

// safeName reports whether a path from a commit stays below the folder it is
// written to, and out of .git in any spelling that a file system takes for it.
func safeName(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(strings.TrimRight(part, ". "), ".git") || strings.EqualFold(part, "git~1") {
			return false
		}
	}
	return path.Clean(name) == name && filepath.IsLocal(filepath.FromSlash(name))
}
