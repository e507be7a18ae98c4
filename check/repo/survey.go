package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/repo/leak"
	"github.com/merlon-go/merlon/internal/git"
)

// A survey is what the paths hold, read once for all rules.
type survey struct {
	config *Config
	target *check.Target
	repos  []*repository
	files  []file
	errs   []error // what could not be read
}

// A repository is one that a path lies in.
type repository struct {
	*git.Repo
	dir string // relative to the target's folder, "" for itself
}

// A file is one that was read.
type file struct {
	name    string // relative to the target's folder
	inner   string // the same without a way out of it: ../tests/app is no test
	inGit   bool
	tracked bool
	staged  bool // this is what the index holds, not the file
	pending bool // the last commit does not hold it
	test    bool
	leaks   []leak.Leak
	text    []byte // of the few that other rules read
	head    []byte // the first bytes of a file that is no text
}

type surveyKey struct{ config *Config }

// look reads the paths, once for all rules of one Config.
func look(ctx context.Context, c *Config, t *check.Target) (*survey, error) {
	return check.Shared(t, surveyKey{c}, func() (*survey, error) {
		s := &survey{config: c, target: t}
		var candidates []file
		for _, p := range t.Paths {
			p = strings.TrimSuffix(strings.TrimSuffix(filepath.ToSlash(p), "..."), "/")
			for _, f := range s.open(ctx, p) {
				f.inner = inner(p, f.name)
				candidates = append(candidates, f)
			}
		}
		s.read(ctx, candidates)
		s.once()
		return s, ctx.Err()
	})
}

// inner is the name by which a file below p is judged.
func inner(p, name string) string {
	if filepath.IsLocal(filepath.FromSlash(name)) {
		return name
	}
	if rest, err := filepath.Rel(filepath.FromSlash(p), filepath.FromSlash(name)); err == nil && rest != "." {
		return filepath.ToSlash(rest)
	}
	return path.Base(name)
}

// open lists the files below one path.
func (s *survey) open(ctx context.Context, p string) []file {
	if p == "" {
		p = "."
	}
	full := s.target.Path(p)
	info, err := os.Stat(full)
	if err != nil {
		s.errs = append(s.errs, unjudged(p, reason(err)))
		return nil
	}
	dir := full
	if !info.IsDir() {
		dir = filepath.Dir(full)
	}
	r, err := git.Open(ctx, dir)
	switch {
	case errors.Is(err, git.ErrNoRepo), errors.Is(err, git.ErrNoGit):
		if errors.Is(err, git.ErrNoGit) {
			s.errs = append(s.errs, unjudged(p, "git is not installed: index, history and what .gitignore says are not read"))
		} else if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			s.errs = append(s.errs, unjudged(p, "git cannot read the repository: index, history and what .gitignore says are not read"))
		}
		return s.walk(ctx, p)
	case err != nil:
		s.errs = append(s.errs, unjudged(p, strings.TrimPrefix(err.Error(), "git: ")+": only the files are read"))
		return s.walk(ctx, p)
	}
	if !info.IsDir() {
		s.repo(r, path.Dir(p))
		return []file{{name: p, inGit: true, tracked: s.isTracked(ctx, r, path.Base(p))}}
	}
	s.repo(r, p)
	if r.Bare {
		if !s.config.History {
			s.errs = append(s.errs, unjudged(p, "a bare repository has no files to read: --history reads what was committed"))
		}
		return nil
	}
	return s.listed(ctx, r, p)
}

// within lists the files of a repository that lies in another one, a submodule
// or a clone that nobody ignored: they are part of what was asked for. Its
// history is its own.
func (s *survey) within(ctx context.Context, p string) []file {
	full := s.target.Path(p)
	if info, err := os.Lstat(full); err != nil || !info.IsDir() {
		return nil // not there, or a link
	}
	r, err := git.Open(ctx, full)
	if err == nil && !r.Bare && r.Prefix == "" {
		return s.listed(ctx, r, p)
	}
	if _, e := os.Lstat(filepath.Join(full, ".git")); e == nil {
		why := "git cannot read the repository"
		if err != nil {
			why = strings.TrimPrefix(err.Error(), "git: ")
		}
		s.errs = append(s.errs, unjudged(p, why+": only the files are read"))
	}
	return s.walk(ctx, p) // of a submodule that was not fetched there are none
}

// repo notes a repository, once.
func (s *survey) repo(r *git.Repo, dir string) {
	if !slices.ContainsFunc(s.repos, func(known *repository) bool { return known.Top == r.Top && (r.Top != "" || known.dir == dir) }) {
		s.repos = append(s.repos, &repository{r, dir})
	}
}

func (s *survey) isTracked(ctx context.Context, r *git.Repo, base string) bool {
	files, err := r.Files(ctx)
	return err == nil && slices.ContainsFunc(files, func(f git.File) bool { return f.Path == base && f.Tracked })
}

// listed returns what git knows below the folder.
func (s *survey) listed(ctx context.Context, r *git.Repo, dir string) []file {
	known, err := r.Files(ctx)
	if err != nil {
		s.errs = append(s.errs, unjudged(dir, strings.TrimPrefix(err.Error(), "git: ")+": every file is read instead"))
		return s.walk(ctx, dir)
	}
	differ, err := r.Staged(ctx)
	pending, e := r.Pending(ctx)
	if err = errors.Join(err, e); err != nil {
		s.errs = append(s.errs, unjudged(dir, "the index cannot be compared: "+strings.TrimPrefix(err.Error(), "git: ")))
	}
	var files []file
	staged := map[string]string{}
	for _, f := range known {
		name := path.Join(dir, f.Path)
		if f.Module {
			files = append(files, s.within(ctx, name)...)
			continue
		}
		if f.Link {
			continue // its target is a file of its own
		}
		if f.Tracked && differ[f.Path] {
			staged[f.ID] = name
		}
		files = append(files, file{name: name, inGit: true, tracked: f.Tracked, pending: pending[f.Path]})
	}
	s.index(ctx, r, dir, staged)
	for i := range s.files {
		if f := &s.files[i]; f.staged {
			rest, err := filepath.Rel(filepath.FromSlash(dir), filepath.FromSlash(f.name))
			f.pending = err == nil && pending[filepath.ToSlash(rest)]
		}
	}
	return files
}

// index reads what is staged and differs from the file.
func (s *survey) index(ctx context.Context, r *git.Repo, dir string, staged map[string]string) {
	if len(staged) == 0 {
		return
	}
	_, err := r.Blobs(ctx, git.BlobOptions{IDs: staged}, func(b git.Blob) {
		found, err := leaks(inner(dir, b.Path), b)
		if err != nil {
			s.errs = append(s.errs, unjudged(b.Path, "what is staged breaks off"))
		}
		if len(found) > 0 {
			s.files = append(s.files, file{name: b.Path, inGit: true, tracked: true, staged: true, leaks: found})
		}
	})
	if err != nil {
		s.errs = append(s.errs, unjudged("", "the index: "+strings.TrimPrefix(err.Error(), "git: ")))
	}
}

// leaks looks for secrets in a content of git, in one piece or not.
func leaks(name string, b git.Blob) ([]leak.Leak, error) {
	if b.Large != nil {
		return leak.ScanReader(name, b.Large)
	}
	return leak.Scan(name, b.Text), nil
}

// once drops what is staged and stands in the file as well: git calls every
// file that was touched a different one.
func (s *survey) once() {
	type place struct{ name, secret string }
	here := map[place]bool{}
	for i := range s.files {
		for j := range s.files[i].leaks {
			if f := &s.files[i]; !f.staged {
				here[place{f.name, identity(&f.leaks[j], f.name)}] = true
			}
		}
	}
	for i := range s.files {
		if f := &s.files[i]; f.staged {
			f.leaks = slices.DeleteFunc(f.leaks, func(l leak.Leak) bool { return here[place{f.name, identity(&l, f.name)}] })
		}
	}
}

// walk lists every file below a path that is in no repository, and of those
// further down what git knows.
func (s *survey) walk(ctx context.Context, p string) []file {
	var files []file
	full := s.target.Path(p)
	err := filepath.WalkDir(full, func(name string, d fs.DirEntry, err error) error {
		relative := p
		if rest, e := filepath.Rel(full, name); e == nil {
			relative = path.Join(p, filepath.ToSlash(rest))
		}
		switch {
		case err != nil:
			s.errs = append(s.errs, unjudged(relative, reason(err)))
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() && name != full && slices.Contains([]string{".git", ".hg", ".svn", "node_modules"}, d.Name()):
			return fs.SkipDir
		case d.IsDir():
			if _, err := os.Lstat(filepath.Join(name, ".git")); err == nil && name != full {
				files = append(files, s.within(ctx, relative)...)
				return fs.SkipDir
			}
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			if _, err := os.Stat(name); errors.Is(err, syscall.ELOOP) {
				s.errs = append(s.errs, unjudged(relative, "a symbolic link that leads to itself"))
			}
			return nil
		}
		files = append(files, file{name: relative})
		return nil
	})
	if err != nil {
		s.errs = append(s.errs, unjudged(p, reason(err)))
	}
	return files
}

// read opens the files, several at a time.
func (s *survey) read(ctx context.Context, candidates []file) {
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		next  atomic.Int64
		total = len(candidates)
	)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= total {
					return
				}
				f, err := s.readFile(candidates[i])
				mu.Lock()
				s.files = append(s.files, f)
				if err != nil {
					s.errs = append(s.errs, unjudged(f.name, reason(err)))
				}
				if s.target.Progress != nil && i%64 == 0 {
					s.target.Progress(i, total, "files")
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.SortStableFunc(s.files, func(a, b file) int { return strings.Compare(a.name, b.name) })
}

// readFile reads one file and looks for secrets in it.
func (s *survey) readFile(f file) (file, error) {
	f.test = leak.Fixture(f.inner)
	if leak.Skipped(f.name) {
		return f, nil
	}
	full := s.target.Path(f.name)
	info, err := os.Lstat(full)
	switch {
	case errors.Is(err, fs.ErrNotExist) && f.tracked:
		return f, nil // deleted and not yet committed: the index is read
	case err != nil:
		return f, err
	case info.Mode()&fs.ModeSymlink != 0:
		return f, nil
	case !info.Mode().IsRegular():
		return f, errors.New("not a file but a " + kind(info.Mode()))
	}
	in, err := os.OpenFile(full, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a FIFO put here since must not block
	if err != nil {
		return f, err
	}
	defer in.Close()
	limit := s.config.MaxFile
	if limit <= 0 {
		limit = maxFile
	}
	head := make([]byte, 8000)
	n, err := io.ReadFull(in, head)
	if head = head[:n]; err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return f, err
	}
	if info.Size() > limit { // whatever its beginning looks like
		return f, fmt.Errorf("larger than %d MiB", limit>>20)
	}
	if leak.Binary(head) {
		f.head = head[:min(n, 16)]
		return f, nil
	}
	if info.Size() > leak.MaxText {
		f.leaks, err = leak.ScanReader(f.inner, io.MultiReader(bytes.NewReader(head), io.LimitReader(in, limit)))
		return f, err
	}
	rest, err := io.ReadAll(io.LimitReader(in, leak.MaxText))
	if err != nil {
		return f, err
	}
	text := append(head, rest...)
	f.leaks = leak.Scan(f.inner, text)
	if pipeline(f.name) || environment(f.name) {
		f.text = text
	}
	if len(f.leaks) > 0 {
		s.target.Look(f.name)
	}
	return f, nil
}

// maxFile is the size from which a text is not read, if nothing else is said.
const maxFile = 256 << 20

func kind(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "named pipe"
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeDevice != 0:
		return "device"
	case mode.IsDir():
		return "folder"
	}
	return "special file"
}

// reason shortens an error of the file system, without its path.
func reason(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}
