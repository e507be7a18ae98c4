package git

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNoCommit is the error of [Repo.Commit].
var ErrNoCommit = errors.New("git: no such commit")

// Commit returns the object name of the commit that a person means by name: a
// branch, a tag, HEAD~3, or an object name of a commit that is here. A name
// that begins with a dash is no option.
func (r *Repo) Commit(ctx context.Context, name string) (string, error) {
	out, err := r.output(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if err != nil {
		if ctx.Err() != nil || errors.Is(err, ErrNoGit) {
			return "", err
		}
		return "", ErrNoCommit
	}
	id := strings.TrimSpace(string(out))
	if _, ok := parse(id); !ok {
		return "", ErrNoCommit
	}
	return id, nil
}

// A TreeFile is one entry of a commit's tree that is no folder.
type TreeFile struct {
	// Path is relative to the top of the repository, with slashes. It comes
	// from the commit: it may be hostile.
	Path string
	// ID is its blob; of a Module it is a commit of another repository.
	ID string
	// Link says that it is a symbolic link, whose text is the target, Module
	// that it is another repository.
	Link, Module bool
}

// Tree lists what the commit holds, as it was committed: no filter is applied.
func (r *Repo) Tree(ctx context.Context, commit string) ([]TreeFile, error) {
	if _, ok := parse(commit); !ok {
		return nil, ErrNoCommit
	}
	out, err := r.output(ctx, "ls-tree", "-r", "-z", "--full-tree", commit)
	if err != nil {
		return nil, err
	}
	var files []TreeFile
	for _, entry := range split(out) {
		meta, name, ok := strings.Cut(entry, "\t")
		fields := strings.Fields(meta) // mode, kind, id
		if !ok || len(fields) != 3 {
			return nil, fmt.Errorf("git: ls-tree gave an answer that is none")
		}
		files = append(files, TreeFile{Path: name, ID: fields[2], Link: fields[0] == "120000", Module: fields[0] == "160000"})
		if len(files) > maxObjects {
			return nil, fmt.Errorf("git: more than %d files", maxObjects)
		}
	}
	return files, nil
}

// LastChange returns when the last commit that touched the folder given to
// [Open] was made, the zero time if none has.
func (r *Repo) LastChange(ctx context.Context) (time.Time, error) {
	out, err := r.output(ctx, "log", "-1", "--format=%cI", "--no-show-signature", "--", ".")
	if err != nil {
		return time.Time{}, err
	}
	text := strings.TrimSpace(string(out))
	if text == "" {
		return time.Time{}, nil
	}
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, errors.New("git: log gave an answer that is none")
	}
	return when, nil
}
