package repo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/repo/leak"
	"github.com/merlon-go/merlon/internal/git"
)

func secretInHistory(c *Config) check.Rule {
	r := check.Rule{
		ID:    "secret-in-history",
		Title: "A secret stands in the history",
		Level: check.Error,
		Tags:  []string{"repository", "secrets", "history"},
		Why:   secretWhy,
		Fix:   "Change the secret at its issuer: rewriting the history does not reach the copies that exist.",
		More: "Runs with --history. Every content that any commit, branch or stash has had is read once, what programs wrote last; " +
			"key stores that were removed are known by their names. " +
			"What stands in the working tree too is reported there alone. A finding that is dealt with goes into the baseline.",
		CWE:   []int{798, 540},
		ASVS:  []string{"V13.3.1"},
		OWASP: "A07",
	}
	r.Run = func(ctx context.Context, t *check.Target) ([]check.Finding, error) {
		if !c.History {
			return nil, fmt.Errorf("not asked for with --history: %w", check.ErrNotApplicable)
		}
		if len(t.Paths) == 0 {
			return nil, fmt.Errorf("no paths given: %w", check.ErrNotApplicable)
		}
		s, err := look(ctx, c, t)
		if err != nil {
			return nil, err
		}
		if len(s.repos) == 0 {
			return nil, &check.Unjudged{Reason: "there is no git repository, and so no history"} // it was asked for
		}
		var found []check.Finding
		var errs []error
		for _, h := range s.history(ctx) {
			found = append(found, h.findings()...)
			errs = append(errs, h.errs...)
		}
		return found, errors.Join(errs...)
	}
	return r
}

type historyKey struct{ config *Config }

// history reads the history of every repository, once for all rules.
func (s *survey) history(ctx context.Context) []*past {
	all, _ := check.Shared(s.target, historyKey{s.config}, func() ([]*past, error) {
		var all []*past
		for _, r := range s.repos {
			h := newPast(s, r)
			h.read(ctx)
			all = append(all, h)
		}
		return all, nil
	})
	return all
}

// A past is the history of one repository while it is read.
type past struct {
	survey  *survey
	repo    *repository
	here    map[string]*old   // the secrets of the working tree; nil for one that is in no commit
	tracked map[string]bool   // the names of the index
	base    map[string]string // the contents of the commit after which is read, and where they stand; nil if all is
	mu      sync.Mutex
	found   map[string]*old
	errs    []error
}

// An old is one secret of the history, however often it was committed.
type old struct {
	leak   leak.Leak
	path   string
	id     string
	commit string
	author string
	time   time.Time
	order  int
}

func newOld(l leak.Leak, b git.Blob) *old {
	return &old{leak: l, path: b.Path, id: b.ID, commit: b.Commit, author: b.Author, time: b.Time, order: b.Order}
}

// since says which commit brought it.
func (o *old) since() string {
	return fmt.Sprintf("since commit %.12s of %s by %.60s", o.commit, o.time.UTC().Format(time.DateOnly), cmp.Or(o.author, "nobody"))
}

func newPast(s *survey, r *repository) *past {
	h := &past{survey: s, repo: r, here: map[string]*old{}, tracked: map[string]bool{}, found: map[string]*old{}}
	for i := range s.files {
		for j := range s.files[i].leaks {
			h.here[identity(&s.files[i].leaks[j], s.files[i].name)] = nil
		}
		if s.files[i].tracked {
			h.tracked[s.files[i].name] = true
		}
	}
	return h
}

// name is how a path from the top of the repository is called in reports.
func (r *repository) name(top string) string {
	if rest, ok := strings.CutPrefix(top, r.Prefix); ok {
		return path.Join(r.dir, rest)
	}
	return path.Join(r.dir, strings.Repeat("../", strings.Count(r.Prefix, "/")), top)
}

// identity tells secrets apart: by their value, or by name and place where the
// value has no hash.
func identity(l *leak.Leak, path string) string {
	if l.Hash != "" {
		return l.Hash
	}
	return l.Kind + "\x00" + l.Name + "\x00" + path
}

const historyTime = 10 * time.Minute

func (h *past) cannot(format string, args ...any) {
	h.errs = append(h.errs, &check.Unjudged{Place: check.Place{File: h.repo.dir}, Reason: fmt.Sprintf(format, args...)})
}

// read looks for secrets in every content.
func (h *past) read(ctx context.Context) {
	c := h.survey.config
	if h.repo.Shallow {
		h.cannot("a shallow clone: older commits are not here (git fetch --unshallow brings them)")
	}
	if h.repo.Partial {
		h.cannot("a partial clone: contents that were not fetched are not here")
	}
	limit := c.HistoryTime
	if limit <= 0 {
		limit = historyTime
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	stats, err := h.blobs(limited)
	if err == nil {
		err = h.forget(limited)
	}
	switch {
	case ctx.Err() != nil:
		h.cannot("interrupted after %d of %d contents", stats.Read, stats.Blobs)
	case limited.Err() != nil:
		h.cannot("%d of %d contents of the history read within %v; --history-time sets the limit", stats.Read, stats.Blobs, limit)
	case err != nil:
		h.cannot("the history: %s", strings.TrimPrefix(err.Error(), "git: "))
	}
	if n := len(stats.Broken); n > 0 {
		h.cannot("objects that are damaged or missing: %d, the first being %s", n, stats.Broken[0])
	}
}

// blobs hands the contents to several goroutines. At most a few contents are
// held at a time.
func (h *past) blobs(ctx context.Context) (git.Stats, error) {
	o := git.BlobOptions{Since: h.survey.config.Since, Skip: leak.Skipped, Last: leak.Generated}
	if err := h.after(ctx, &o); err != nil {
		return git.Stats{}, err
	}
	workers := runtime.GOMAXPROCS(0)
	work := make(chan git.Blob, workers)
	free := make(chan []byte, 2*workers)
	for range 2 * workers {
		free <- nil
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for b := range work {
				h.content(ctx, b)
				free <- b.Text
			}
		})
	}
	if progress := h.survey.target.Progress; progress != nil {
		o.Progress = func(done, total int) { progress(done, total, "contents of the history") }
	}
	o.Named = h.stores
	stats, err := h.repo.Blobs(ctx, o, func(b git.Blob) {
		if _, had := h.base[b.ID]; had {
			return
		}
		if b.Large != nil { // can only be read now
			h.content(ctx, b)
			return
		}
		b.Text = append((<-free)[:0], b.Text...)
		work <- b
	})
	close(work)
	wg.Wait()
	return stats, err
}

// stores notes the files of keys that are there no more: only their names are
// looked at, and the first content of each counts.
func (h *past) stores(b git.Blob) {
	kind := keyStoreName(b.Path)
	if _, had := h.base[b.ID]; kind == "" || had || h.tracked[h.repo.name(b.Path)] {
		return
	}
	l := leak.Leak{Kind: kind, Confidence: leak.Medium, Minor: leak.Fixture(b.Path), Line: 1, Hash: "file " + b.Path}
	if o := h.found[l.Hash]; o == nil || earlier(b, o) {
		h.found[l.Hash] = newOld(l, b)
	}
}

func (h *past) content(ctx context.Context, b git.Blob) {
	found, err := leaks(b.Path, b)
	if err != nil && ctx.Err() == nil {
		h.cannot("blob %.12s breaks off", b.ID)
	}
	h.note(b, found)
}

// after keeps to what a change adds, if that is all that was asked for and the
// change is one of this repository.
func (h *past) after(ctx context.Context, o *git.BlobOptions) error {
	base := h.survey.target.Base
	if base == "" {
		return nil
	}
	if _, err := h.repo.Commit(ctx, base); err != nil {
		return nil // another repository than that of the change: all of it is added
	}
	files, err := h.repo.Tree(ctx, base)
	if err != nil {
		return err
	}
	o.After, h.base = base, map[string]string{}
	for _, f := range files {
		if _, had := h.base[f.ID]; !f.Link && !f.Module && (!had || !leak.Skipped(f.Path)) { // of several places one that is read
			h.base[f.ID] = f.Path
		}
	}
	return nil
}

// forget drops what stood in the files of the commit already, in other
// contents than the change has.
func (h *past) forget(ctx context.Context) error {
	if len(h.base) == 0 || len(h.found) == 0 {
		return nil
	}
	ids := maps.Clone(h.base)
	maps.DeleteFunc(ids, func(_, path string) bool { return leak.Skipped(path) })
	_, err := h.repo.Blobs(ctx, git.BlobOptions{IDs: ids}, func(b git.Blob) {
		found, _ := leaks(b.Path, b)
		for i := range found {
			delete(h.found, identity(&found[i], h.repo.name(b.Path)))
		}
	})
	return err
}

// note keeps what is not known yet.
func (h *past) note(b git.Blob, leaks []leak.Leak) {
	if len(leaks) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, l := range leaks {
		// Without a path nobody can tell code from fixtures: shapes alone count.
		key := identity(&l, h.repo.name(b.Path))
		known := h.found
		if _, here := h.here[key]; here {
			known = h.here
		} else if b.Path == "" && (l.Confidence != leak.High || l.Minor) {
			continue
		}
		if o := known[key]; o == nil || earlier(b, o) {
			known[key] = newOld(l, b)
		}
	}
}

// earlier reports whether the blob was committed before, so that the report is
// the same for every order of reading.
func earlier(b git.Blob, o *old) bool {
	if o.commit == "" || b.Commit == "" {
		return o.commit == "" && (b.Commit != "" || b.ID < o.id)
	}
	return b.Order < o.order || b.Order == o.order && b.Path+b.ID < o.path+o.id
}

func (h *past) findings() []check.Finding {
	var found []check.Finding
	for key, o := range h.found {
		f := check.Finding{
			Title:      title(&o.leak) + " in the history of " + h.repo.name(o.path),
			Place:      check.Place{File: h.repo.name(o.path), NoFrame: true},
			Evidence:   fmt.Sprintf("%s, line %d %s", evidence(&o.leak), o.leak.Line, o.since()),
			Confidence: check.Confidence(o.leak.Confidence),
			Level:      level(&o.leak),
			Fix:        revoke(&o.leak) + " To rewrite the history does not reach the copies that exist; once that is done, put the finding into the baseline.",
			Key:        o.leak.Kind + "\x00" + key,
		}
		if o.leak.Length == 0 {
			f.Evidence = "the file, " + o.since()
		}
		if o.commit == "" {
			f.Title, f.Place.File = title(&o.leak)+" in an object that no commit holds any more", h.repo.dir
			f.Evidence = fmt.Sprintf("%s, line %d of blob %.12s", evidence(&o.leak), o.leak.Line, o.id)
		}
		found = append(found, f)
	}
	slices.SortFunc(found, func(a, b check.Finding) int { return strings.Compare(a.Place.File+a.Key, b.Place.File+b.Key) })
	return found
}
