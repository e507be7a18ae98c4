// Package git reads a repository for `merlon check`: the files of the working
// tree and of the index, and the contents of the whole history, each one once.
//
// It serves against the secret that was committed, deleted and forgotten:
// contents are streamed by `git cat-file` as unique blobs and not as patches,
// so that a file that changed a thousand times in one line is not read as a
// thousand patches, and what programs wrote comes last.
//
//	r, err := git.Open(ctx, ".")
//	files, err := r.Files(ctx)
//	stats, err := r.Blobs(ctx, git.BlobOptions{}, func(b git.Blob) { … })
//
// # What it does not do
//
// It changes nothing, runs no hook, filter or monitor that the repository
// configures, and fetches nothing. It needs the program git; without it [Open]
// returns [ErrNoGit].
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The errors of [Open].
var (
	ErrNoGit  = errors.New("git: the program git is not installed")
	ErrNoRepo = errors.New("git: not a repository")
)

// A Repo is an open repository. It is safe for concurrent use.
type Repo struct {
	// Top is the folder of the working tree, "" for a bare repository.
	Top string
	// Bare says that there is no working tree.
	Bare bool
	// Shallow and Partial say that not all of the history is here.
	Shallow, Partial bool

	dir   string
	alone bool // what the environment says about a repository is about another one
	// Prefix is where the folder lies below Top, "" or with a slash at its end.
	Prefix string
}

// Open finds the repository that the folder is in. What a hook is told about
// its own repository, GIT_INDEX_FILE for example, does not hold for another.
func Open(ctx context.Context, dir string) (*Repo, error) {
	r := &Repo{dir: dir}
	if told := slices.ContainsFunc(r.command(ctx).Env, ofRepository); told {
		of, err := r.output(ctx, "rev-parse", "--absolute-git-dir")
		own, ownErr := (&Repo{dir: dir, alone: true}).output(ctx, "rev-parse", "--absolute-git-dir")
		r.alone = ownErr == nil && (err != nil || !bytes.Equal(of, own))
	}
	out, err := r.output(ctx, "rev-parse", "--is-bare-repository", "--is-shallow-repository", "--is-inside-work-tree")
	if err != nil {
		return nil, err
	}
	lines := strings.Fields(string(out))
	if len(lines) < 3 {
		return nil, errors.New("git: rev-parse gave an answer that is none")
	}
	r.Bare, r.Shallow = lines[0] == "true", lines[1] == "true"
	if !r.Bare && lines[2] != "true" {
		return nil, ErrNoRepo // inside .git
	}
	if !r.Bare {
		out, err := r.output(ctx, "rev-parse", "--show-toplevel", "--show-prefix")
		if err != nil {
			return nil, err
		}
		top, prefix, _ := strings.Cut(strings.TrimSuffix(string(out), "\n"), "\n")
		r.Top, r.Prefix = filepath.FromSlash(top), prefix
	}
	partial, _ := r.output(ctx, "config", "--get-regexp", `^remote\..*\.promisor$`) // fails if there is none
	r.Partial = bytes.Contains(partial, []byte("true"))
	return r, nil
}

// ofRepository reports whether an entry of the environment says where parts of
// one repository are.
func ofRepository(entry string) bool {
	name, _, _ := strings.Cut(entry, "=")
	switch name {
	case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR",
		"GIT_PREFIX", "GIT_NAMESPACE", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_REPLACE_REF_BASE", "GIT_IMPLICIT_WORK_TREE":
		return true
	}
	return false
}

// command prepares git so that nothing of the repository's own configuration
// is run and nothing waits for a person. GIT_ALLOW_PROTOCOL stands above what a
// repository says about single protocols: git of before 2024 does not know
// GIT_NO_LAZY_FETCH and would run ext::COMMAND to get an object that is missing.
func (r *Repo) command(ctx context.Context, args ...string) *exec.Cmd {
	safe := []string{"-C", r.dir, "--no-optional-locks", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false",
		"-c", "diff.external=", "-c", "protocol.allow=never", "-c", "log.showSignature=false", "-c", "core.pager=cat"}
	cmd := exec.CommandContext(ctx, "git", append(safe, args...)...)
	env := cmd.Environ()
	if r.alone {
		env = slices.DeleteFunc(env, ofRepository)
	}
	cmd.Env = append(env, "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_NO_REPLACE_OBJECTS=1", "LC_ALL=C", "GIT_ATTR_NOSYSTEM=1")
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// output runs git and returns what it wrote.
func (r *Repo) output(ctx context.Context, args ...string) ([]byte, error) {
	var out, errs bytes.Buffer
	cmd := r.command(ctx, args...)
	cmd.Stdout, cmd.Stderr = &out, &limited{w: &errs, left: 4096}
	if err := cmd.Run(); err != nil {
		return nil, explain(ctx, err, errs.String(), args[0])
	}
	return out.Bytes(), nil
}

// explain turns the end of git into one line.
func explain(ctx context.Context, err error, stderr, what string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, exec.ErrNotFound) {
		return ErrNoGit
	}
	line, _, _ := strings.Cut(strings.TrimSpace(stderr), "\n")
	switch {
	case strings.Contains(line, "not a git repository"):
		return ErrNoRepo
	case strings.Contains(line, "dubious ownership"):
		return errors.New("git: the repository belongs to another user: git config --global --add safe.directory lets git read it")
	case line == "":
		line = err.Error()
	}
	return fmt.Errorf("git: %s: %s", what, strings.TrimPrefix(strings.TrimPrefix(line, "fatal: "), "error: "))
}

// limited keeps the beginning of what is written and swallows the rest.
type limited struct {
	w    io.Writer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	if n > 0 {
		if _, err := l.w.Write(p[:n]); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// A File is one of the working tree or of the index.
type File struct {
	// Path is relative to the folder given to [Open], with slashes.
	Path string
	// Tracked says that it is in the index, Link that it is a symbolic link,
	// Module that it is another repository.
	Tracked, Link, Module bool
	// ID is the blob in the index, "" for an untracked file.
	ID string
}

// Files lists what is tracked, and what is neither tracked nor ignored, below
// the folder given to [Open].
func (r *Repo) Files(ctx context.Context) ([]File, error) {
	if r.Bare {
		return nil, nil
	}
	out, err := r.output(ctx, "ls-files", "-z", "--stage")
	if err != nil {
		return nil, err
	}
	var files []File
	seen := map[string]bool{}
	for _, entry := range split(out) {
		meta, name, ok := strings.Cut(entry, "\t")
		fields := strings.Fields(meta)
		if !ok || len(fields) != 3 || seen[name] { // a conflict has three entries
			continue
		}
		seen[name] = true
		files = append(files, File{Path: name, Tracked: true, ID: fields[1], Link: fields[0] == "120000", Module: fields[0] == "160000"})
	}
	if out, err = r.output(ctx, "ls-files", "-z", "--others", "--exclude-standard"); err != nil {
		return files, err
	}
	for _, name := range split(out) {
		files = append(files, File{Path: name, Module: strings.HasSuffix(name, "/")})
	}
	return files, nil
}

// Staged returns the paths whose content in the index differs from that in the
// working tree.
func (r *Repo) Staged(ctx context.Context) (map[string]bool, error) {
	if r.Bare {
		return nil, nil
	}
	return r.differing(ctx, "diff-files")
}

// Pending returns the paths whose content in the index differs from that of
// the last commit.
func (r *Repo) Pending(ctx context.Context) (map[string]bool, error) {
	tree := "HEAD"
	if _, err := r.output(ctx, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"); err != nil {
		out, err := r.output(ctx, "hash-object", "-t", "tree", "--stdin") // of nothing: there is no commit yet
		if err != nil {
			return nil, err
		}
		tree = strings.TrimSpace(string(out))
	}
	return r.differing(ctx, "diff-index", "--cached", tree)
}

// differing returns the paths that one of git's comparisons names.
func (r *Repo) differing(ctx context.Context, comparison string, args ...string) (map[string]bool, error) {
	out, err := r.output(ctx, append([]string{comparison, "-z", "--name-only", "--relative", "--no-ext-diff", "--ignore-submodules=all"}, args...)...)
	if err != nil {
		return nil, err
	}
	paths := map[string]bool{}
	for _, name := range split(out) {
		paths[name] = true
	}
	return paths, nil
}

func split(out []byte) []string {
	text := strings.TrimSuffix(string(out), "\x00")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\x00")
}
