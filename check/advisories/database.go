package advisories

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// DefaultSource is the public database.
const DefaultSource = "https://vuln.go.dev"

// A database answers which advisories speak of modules.
type database interface {
	// about returns the entries that may concern one of the modules.
	about(ctx context.Context, modules []string) ([]*Entry, error)
	// date is that of the data, zero if unknown.
	date(ctx context.Context) (time.Time, error)
	// name is where the data comes from.
	name() string
}

// open returns the database that source names.
func open(c *Config, source, cacheDir string) (database, error) {
	if source == "" {
		source = DefaultSource
	}
	u, err := url.Parse(source)
	switch {
	case err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "":
		if u.User != nil {
			return nil, errors.New("the address of the advisory database must not hold a password")
		}
		return &remote{base: strings.TrimSuffix(source, "/"), client: c.client(), cache: cacheDir, offline: c.NoNetwork, now: c.now}, nil
	case err == nil && u.Scheme == "file":
		source = filepath.FromSlash(u.Path)
	}
	info, err := os.Stat(source)
	if err != nil || !info.IsDir() {
		return nil, fmt.Errorf("no advisory database at %s", source)
	}
	if _, err := os.Stat(filepath.Join(source, "index", "modules.json")); err == nil {
		return &folder{root: source}, nil
	}
	return &flat{root: source}, nil
}

// An index is index/modules.json: which advisories each module has.
type index []struct {
	Path  string `json:"path"`
	Vulns []struct {
		ID       string    `json:"id"`
		Modified time.Time `json:"modified"`
	} `json:"vulns"`
}

func parseIndex(text []byte) (index, error) {
	var i index
	if err := json.Unmarshal(text, &i); err != nil {
		return nil, errors.New("advisories: index/modules.json is not what it should be")
	}
	return i, nil
}

// ids returns the advisories of the modules, each once.
func (i index) ids(modules []string) []string {
	var ids []string
	for _, m := range i {
		if slices.Contains(modules, m.Path) {
			for _, v := range m.Vulns {
				if id := v.ID; id != "" && !strings.ContainsAny(id, `/\.`) && len(id) <= 64 {
					ids = append(ids, id)
				}
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// newest returns the date of the entry that was changed last.
func (i index) newest() time.Time {
	var newest time.Time
	for _, m := range i {
		for _, v := range m.Vulns {
			if v.Modified.After(newest) {
				newest = v.Modified
			}
		}
	}
	return newest
}

// A folder is a database in the layout of vuln.go.dev.
type folder struct{ root string }

func (f *folder) name() string { return f.root }

func (f *folder) about(_ context.Context, modules []string) ([]*Entry, error) {
	text, err := os.ReadFile(filepath.Join(f.root, "index", "modules.json"))
	if err != nil {
		return nil, errors.New("index/modules.json cannot be read")
	}
	all, err := parseIndex(text)
	if err != nil {
		return nil, err
	}
	var entries []*Entry
	for _, id := range all.ids(modules) {
		text, err := os.ReadFile(filepath.Join(f.root, "ID", id+".json"))
		if err != nil {
			return nil, fmt.Errorf("ID/%s.json cannot be read", id)
		}
		e, err := ParseEntry(text)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func (f *folder) date(context.Context) (time.Time, error) {
	if text, err := os.ReadFile(filepath.Join(f.root, "index", "db.json")); err == nil {
		if date := parseDate(text); !date.IsZero() {
			return date, nil
		}
	}
	text, err := os.ReadFile(filepath.Join(f.root, "index", "modules.json"))
	if err != nil {
		return time.Time{}, err
	}
	all, err := parseIndex(text)
	return all.newest(), err
}

// parseDate reads index/db.json.
func parseDate(text []byte) time.Time {
	var db struct {
		Modified time.Time `json:"modified"`
	}
	if json.Unmarshal(text, &db) != nil {
		return time.Time{}
	}
	return db.Modified
}

// A flat database is a folder of OSV files without an index.
type flat struct {
	root   string
	newest time.Time // of the entries that were decoded
}

func (f *flat) name() string { return f.root }

// about opens every file and decodes those that hold the name of a module.
func (f *flat) about(ctx context.Context, modules []string) ([]*Entry, error) {
	files, err := os.ReadDir(f.root)
	if err != nil {
		return nil, errors.New("the folder of advisories cannot be read")
	}
	wanted := map[string]bool{}
	for _, m := range modules {
		wanted[m] = true
	}
	var entries []*Entry
	read := 0
	for _, file := range files {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !strings.HasSuffix(file.Name(), ".json") || !file.Type().IsRegular() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(f.root, file.Name()))
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read", file.Name())
		}
		read++
		if !speaksOf(text, wanted) {
			continue
		}
		e, err := ParseEntry(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %v", file.Name(), strings.TrimPrefix(err.Error(), "advisories: "))
		}
		if e.Modified.After(f.newest) {
			f.newest = e.Modified
		}
		entries = append(entries, e)
	}
	if read == 0 {
		return nil, errors.New("the folder holds no advisories")
	}
	return entries, nil
}

// speaksOf reports whether a "name" in the text is one of the modules.
func speaksOf(text []byte, wanted map[string]bool) bool {
	for {
		_, rest, ok := bytes.Cut(text, []byte(`"name"`))
		if !ok {
			return false
		}
		text = rest
		value := bytes.TrimLeft(rest[:min(len(rest), 400)], ": \t\r\n")
		if len(value) > 0 && value[0] == '"' {
			if end := bytes.IndexByte(value[1:], '"'); end >= 0 && wanted[string(value[1:1+end])] {
				return true
			}
		}
	}
}

// date takes that of the newest entry, of the commit where the folder is part
// of a repository, or of the files: the files of golang/vulndb carry none.
func (f *flat) date(ctx context.Context) (time.Time, error) {
	if !f.newest.IsZero() {
		return f.newest, nil
	}
	if when := commitDate(ctx, f.root); !when.IsZero() {
		return when, nil
	}
	var newest time.Time
	err := filepath.WalkDir(f.root, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return nil
	})
	return newest, err
}
