package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/merlon-go/merlon/internal/replace"
)

// A cache keeps the results of units by the hash of everything that decides
// them. A fault of the cache costs time and nothing else, so none is reported.
type cache struct {
	dir string // "" keeps nothing
	now func() time.Time
}

// schema changes whenever the form or the meaning of results does.
const schema = "merlon-source/1"

// keepFor is how long an entry that nobody asks for is kept.
const keepFor = 14 * 24 * time.Hour

func (c *cache) file(key [32]byte) string {
	name := hex.EncodeToString(key[:])
	return filepath.Join(c.dir, name[:2], name[2:])
}

// get returns the result kept for the key, or nil.
func (c *cache) get(key [32]byte) *result {
	if c.dir == "" {
		return nil
	}
	name := c.file(key)
	text, err := os.ReadFile(name)
	if err != nil || len(text) < sha256.Size {
		return nil
	}
	if sum := sha256.Sum256(text[sha256.Size:]); !bytes.Equal(sum[:], text[:sha256.Size]) {
		return nil // cut short by a full disk, or tampered with by accident
	}
	var r result
	if err := gob.NewDecoder(bytes.NewReader(text[sha256.Size:])).Decode(&r); err != nil || len(r.Keys) != len(r.Findings) {
		return nil
	}
	for i, key := range r.Keys {
		r.Findings[i].Key = key
	}
	if info, err := os.Stat(name); err == nil && c.now().Sub(info.ModTime()) > 24*time.Hour {
		_ = os.Chtimes(name, c.now(), c.now())
	}
	return &r
}

// put keeps the result.
func (c *cache) put(key [32]byte, r *result) {
	if c.dir == "" {
		return
	}
	r.Keys = make([]string, len(r.Findings))
	for i := range r.Findings {
		r.Keys[i] = r.Findings[i].Key
	}
	var out bytes.Buffer
	out.Write(make([]byte, sha256.Size))
	if err := gob.NewEncoder(&out).Encode(r); err != nil {
		return
	}
	text := out.Bytes()
	sum := sha256.Sum256(text[sha256.Size:])
	copy(text, sum[:])
	name := c.file(key)
	if os.MkdirAll(filepath.Dir(name), 0o700) != nil {
		return
	}
	_ = replace.File(name, 0o600, func(f *os.File) error {
		_, err := f.Write(text)
		return err
	})
}

// trim removes, at most once a day, what was not asked for in a long time.
func (c *cache) trim() {
	if c.dir == "" {
		return
	}
	mark := filepath.Join(c.dir, "trimmed")
	if info, err := os.Stat(mark); err == nil && c.now().Sub(info.ModTime()) < 24*time.Hour {
		return
	}
	if os.MkdirAll(c.dir, 0o700) != nil || os.WriteFile(mark, nil, 0o600) != nil {
		return
	}
	_ = os.Chtimes(mark, c.now(), c.now())
	_ = filepath.WalkDir(c.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == mark {
			return nil
		}
		if info, err := d.Info(); err == nil && c.now().Sub(info.ModTime()) > keepFor {
			_ = os.Remove(name)
		}
		return nil
	})
}

// A digest hashes parts so that no two lists of parts look alike.
type digest struct{ hash.Hash }

func newDigest(parts ...string) digest {
	d := digest{sha256.New()}
	d.add(parts...)
	return d
}

func (d digest) add(parts ...string) {
	for _, part := range parts {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		d.Write(size[:])
		d.Write([]byte(part))
	}
}

func (d digest) sum() (sum [32]byte) {
	d.Sum(sum[:0])
	return sum
}

// setKey computes what decides the unit's result. The results of the packages
// that it imports must be known.
func (d *driver) setKey(u *unit) {
	h := newDigest(schema, d.config.Version, d.checksID, d.tools.identity(), u.path, u.mod.goVersion)
	h.add(u.mod.textHash, fmt.Sprint(u.plat, u.only == nil, u.mod.vendor), u.dir) // facts say where things are
	for _, f := range u.files {
		h.add(f.name, string(f.hash[:]), strconv.FormatBool(u.only[f.name]))
	}
	for _, dep := range u.deps {
		h.add(dep.path, string(dep.out[:]))
	}
	for _, name := range u.imports {
		if dir, std := d.resolved(u.mod, name); !std {
			h.add(name, strconv.FormatBool(dir != ""))
		}
	}
	u.key = h.sum()
}

// setOut computes what those who import the unit's package depend on: its
// declarations, what was learned about it, and the same of what it imports.
func (u *unit) setOut() {
	h := newDigest(u.path)
	for _, f := range u.files {
		h.add(string(f.api[:]))
	}
	h.add(string(u.result.Facts))
	for _, dep := range u.deps {
		h.add(string(dep.out[:]))
	}
	u.out = h.sum()
}
