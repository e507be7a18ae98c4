package advisories

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/merlon-go/merlon/internal/replace"
)

// A remote is a database at an address, kept in a folder.
type remote struct {
	base    string
	client  *http.Client
	cache   string // "" keeps nothing
	offline bool
	now     func() time.Time
	index   index
}

func (r *remote) name() string { return r.base }

// A kept answer has a file of its own beside it.
type kept struct {
	ETag    string    `json:"etag"`
	Fetched time.Time `json:"fetched"`
}

// fresh is how long an answer is taken without asking again.
const fresh = time.Hour

// maxAnswer bounds an answer, in bytes: the index of all modules has a few
// hundred kilobytes.
const maxAnswer = 64 << 20

// get returns a file of the database: from the cache if it is fresh or the
// server says that it is still right, and from the server otherwise.
func (r *remote) get(ctx context.Context, name string, modified time.Time) ([]byte, error) {
	text, meta := r.stored(name)
	age := r.now().Sub(meta.Fetched)
	if text != nil && (r.offline || age >= 0 && age < fresh || !modified.IsZero() && modified.Before(meta.Fetched)) {
		return text, nil
	}
	if r.offline {
		return nil, fmt.Errorf("%s is not in the cache, and the network is not to be used", name)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+"/"+name, nil)
	if err != nil {
		return nil, errors.New("not an address")
	}
	request.Header.Set("User-Agent", "merlon-check")
	if text != nil && meta.ETag != "" {
		request.Header.Set("If-None-Match", meta.ETag)
	}
	answer, err := r.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be reached: %v", r.base, plain(err))
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusNotModified && text != nil:
		r.store(name, nil, kept{meta.ETag, r.now()})
		return text, nil
	case answer.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s answers %d for %s", r.base, answer.StatusCode, name)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil || len(body) > maxAnswer {
		return nil, fmt.Errorf("%s breaks off while answering for %s", r.base, name)
	}
	if !json.Valid(body) {
		return nil, fmt.Errorf("%s answers for %s with something that is not JSON", r.base, name)
	}
	r.store(name, body, kept{answer.Header.Get("ETag"), r.now()})
	return body, nil
}

// plain cuts the address out of an error of the client: it stands beside it.
func plain(err error) string {
	text := err.Error()
	if _, rest, ok := strings.Cut(text, `": `); ok {
		return rest
	}
	return text
}

// file is where an answer is kept, "" if nowhere.
func (r *remote) file(name string) string {
	if r.cache == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(r.base))
	return filepath.Join(r.cache, "advisories", hex.EncodeToString(sum[:8]), filepath.FromSlash(name))
}

func (r *remote) stored(name string) ([]byte, kept) {
	var meta kept
	file := r.file(name)
	if file == "" {
		return nil, meta
	}
	about, err := os.ReadFile(file + ".meta")
	if err != nil || json.Unmarshal(about, &meta) != nil {
		return nil, kept{}
	}
	text, err := os.ReadFile(file)
	if err != nil || !json.Valid(text) {
		return nil, kept{}
	}
	return text, meta
}

// store keeps an answer; one that cannot be kept is asked for again.
func (r *remote) store(name string, text []byte, meta kept) {
	file := r.file(name)
	if file == "" {
		return
	}
	about, err := json.Marshal(meta)
	if err != nil || os.MkdirAll(filepath.Dir(file), 0o700) != nil {
		return
	}
	if text != nil && write(file, text) != nil {
		return
	}
	_ = write(file+".meta", about)
}

// write replaces a file whole, so that another run never reads half of it.
func write(file string, text []byte) error {
	return replace.File(file, 0o600, func(f *os.File) error {
		_, err := f.Write(text)
		return err
	})
}

func (r *remote) load(ctx context.Context) error {
	if r.index != nil {
		return nil
	}
	text, err := r.get(ctx, "index/modules.json", time.Time{})
	if err == nil {
		r.index, err = parseIndex(text)
	}
	return err
}

// about fetches the entries of the modules, several at a time.
func (r *remote) about(ctx context.Context, modules []string) ([]*Entry, error) {
	if err := r.load(ctx); err != nil {
		return nil, err
	}
	changed := map[string]time.Time{}
	for _, m := range r.index {
		for _, v := range m.Vulns {
			changed[v.ID] = v.Modified
		}
	}
	ids := r.index.ids(modules)
	entries := make([]*Entry, len(ids))
	errs := make([]error, len(ids))
	gate := make(chan struct{}, 8)
	var wg sync.WaitGroup
	for i, id := range ids {
		gate <- struct{}{}
		wg.Go(func() {
			defer func() { <-gate }()
			text, err := r.get(ctx, "ID/"+id+".json", changed[id])
			if err == nil {
				entries[i], err = ParseEntry(text)
			}
			errs[i] = err
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err // the others say the same
		}
	}
	return entries, nil
}

func (r *remote) date(ctx context.Context) (time.Time, error) {
	if text, err := r.get(ctx, "index/db.json", time.Time{}); err == nil {
		if date := parseDate(text); !date.IsZero() {
			return date, nil
		}
	}
	err := r.load(ctx)
	return r.index.newest(), err
}
