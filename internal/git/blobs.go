package git

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Blob is one content of the history.
type Blob struct {
	// ID is its object name.
	ID string
	// Path is one it has had, relative to the top of the repository; "" if
	// no commit that was read adds it.
	Path string
	// Commit is the first that has it, Author and Time are those of the
	// change, and Order is its place among the commits, oldest first.
	Commit, Author string
	Time           time.Time
	Order          int
	// Text is only valid during the call. It is nil for a content that is
	// larger than MaxSize: that is in Large, of which any part may be read
	// during the call.
	Text  []byte
	Large io.Reader
}

// BlobOptions say what [Repo.Blobs] reads.
type BlobOptions struct {
	// Since reads only what commits after that date added, as git log takes it;
	// "" reads everything, also what no branch holds any more.
	Since string
	// After reads only what the commits added that lead to HEAD and not to the
	// commit of this object name; "" reads what all commits added.
	After string
	// MaxSize is up to which size a content is held in memory, in bytes; 0
	// means 4 MiB.
	MaxSize int64
	// Skip says of a path that its content need not be read; nil reads all.
	Skip func(path string) bool
	// Last says of a path that its content is read after all others; nil has
	// none.
	Last func(path string) bool
	// Named, if not nil, is called with every content that has a path, without
	// its text, before any is read.
	Named func(Blob)
	// IDs reads these contents alone; nil reads the history.
	IDs map[string]string // object name → path
	// Progress, if not nil, is called now and then.
	Progress func(done, total int)
}

// Stats count what [Repo.Blobs] read.
type Stats struct {
	Commits, Blobs, Read int
	Bytes                int64
	Broken               []string // object names that could not be read
}

// maxObjects bounds the memory for the names of a history.
const maxObjects = 8 << 20

// Blobs calls each with every content, one at a time. It returns ctx's error
// when ctx ends, with what had been read by then in the stats.
func (r *Repo) Blobs(ctx context.Context, o BlobOptions, each func(Blob)) (Stats, error) {
	if o.MaxSize == 0 {
		o.MaxSize = 4 << 20
	}
	h := &history{repo: r, options: &o, known: map[object]origin{}}
	var ids []string
	var err error
	if o.IDs != nil {
		for id, path := range o.IDs {
			if key, ok := parse(id); ok {
				ids = append(ids, id)
				h.known[key] = origin{path: h.intern(path), commit: -1}
			}
		}
	} else {
		if err = r.date(ctx, o.Since); err != nil {
			return h.stats, err
		}
		if err = h.log(ctx); err != nil {
			return h.stats, err
		}
		if ids, err = h.list(ctx); err != nil {
			return h.stats, err
		}
	}
	h.stats.Blobs = len(ids)
	return h.stats, h.stream(ctx, ids, each)
}

// date refuses what git takes for now because it does not understand it: a
// history that is read since nonsense would be empty, and clean.
func (r *Repo) date(ctx context.Context, since string) error {
	if since == "" {
		return nil
	}
	out, err := r.output(ctx, "rev-parse", "--since="+since, "--since=merlon")
	if err != nil {
		return err
	}
	if lines := strings.Fields(string(out)); len(lines) == 2 && lines[0] == lines[1] && !strings.EqualFold(strings.TrimSpace(since), "now") {
		return errors.New("git: the date to begin at is none; write it like 2026-05-01 or 90.days.ago")
	}
	return nil
}

type object [32]byte

func parse(id string) (object, bool) {
	var o object
	if len(id) != 40 && len(id) != 64 {
		return o, false
	}
	_, err := hex.Decode(o[:], []byte(id))
	return o, err == nil
}

type origin struct {
	path, commit int32
	here         bool // the repository holds it
}

type commit struct {
	id     string
	author int32 // as a path is kept
	time   int64
}

// history maps contents to where they come from.
type history struct {
	repo    *Repo
	options *BlobOptions
	known   map[object]origin
	paths   []string // and names of authors
	names   map[string]int32
	commits []commit
	stats   Stats
}

func (h *history) intern(path string) int32 {
	if h.names == nil {
		h.names = map[string]int32{}
	}
	if n, ok := h.names[path]; ok {
		return n
	}
	n := int32(len(h.paths))
	h.paths = append(h.paths, path)
	h.names[path] = n
	return n
}

// start runs git with its output to read; finish reports how it ended.
func (r *Repo) start(ctx context.Context, stdin io.Reader, args ...string) (out io.Reader, finish func() error, err error) {
	var errs bytes.Buffer
	cmd := r.command(ctx, args...)
	cmd.Stdin, cmd.Stderr = stdin, &limited{w: &errs, left: 4096}
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, explain(ctx, err, "", args[0])
	}
	return pipe, func() error {
		_, _ = io.Copy(io.Discard, pipe) // lets git end by itself
		if err := cmd.Wait(); err != nil {
			var exit *exec.ExitError
			if !errors.As(err, &exit) && ctx.Err() == nil {
				return err
			}
			return explain(ctx, err, errs.String(), args[0])
		}
		return nil
	}, nil
}

// log reads, oldest commit first, which contents each commit adds.
func (h *history) log(ctx context.Context) error {
	from := []string{"--all"}
	if after := h.options.After; after != "" {
		if _, ok := parse(after); !ok {
			return ErrNoCommit
		}
		from = []string{"HEAD", "^" + after}
	}
	args := []string{"log", "--reverse", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-show-signature", "--no-ext-diff", "--no-textconv", "-c", "--format=%x01%H %at %an"}
	if h.options.Since != "" {
		args = append(args, "--since="+h.options.Since)
	}
	out, finish, err := h.repo.start(ctx, nil, append(args, from...)...)
	if err != nil {
		return err
	}
	scan := bufio.NewScanner(out)
	scan.Buffer(make([]byte, 64<<10), 1<<20)
	scan.Split(nul)
	var added object
	fresh := false
	for scan.Scan() {
		entry := bytes.TrimLeft(scan.Bytes(), "\n")
		switch {
		case fresh:
			h.known[added] = origin{path: h.intern(string(entry)), commit: int32(len(h.commits) - 1)}
			fresh = false
			if len(h.known) > maxObjects {
				return errors.Join(fmt.Errorf("git: more than %d contents", maxObjects), finish())
			}
		case len(entry) > 0 && entry[0] == 1:
			id, rest, _ := strings.Cut(string(entry[1:]), " ")
			seconds, author, _ := strings.Cut(rest, " ")
			when, _ := strconv.ParseInt(seconds, 10, 64)
			h.commits = append(h.commits, commit{id, h.intern(author), when})
		case len(entry) > 0 && entry[0] == ':':
			var ok bool
			added, ok = rawEntry(entry)
			if _, seen := h.known[added]; ok && !seen {
				fresh = true
			} else {
				scan.Scan() // its path
			}
		}
	}
	h.stats.Commits = len(h.commits)
	return errors.Join(scan.Err(), finish())
}

// rawEntry reads ":100644 100644 OLD NEW M", or the entry of a merge with one
// more colon, mode and name for each further parent, and returns NEW if that is
// a file.
func rawEntry(entry []byte) (object, bool) {
	parents := len(entry) - len(bytes.TrimLeft(entry, ":"))
	fields := bytes.Fields(entry)
	if len(fields) < 2*parents+3 {
		return object{}, false
	}
	switch mode := fields[parents]; string(mode) {
	case "100644", "100755", "100664":
		return parse(string(fields[2*parents+1]))
	}
	return object{}, false // deleted, a link, another repository
}

func nul(data []byte, end bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return i + 1, data[:i], nil
	}
	if end && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// list returns the contents to read in the order in which they are packed,
// what programs wrote last.
func (h *history) list(ctx context.Context) ([]string, error) {
	out, finish, err := h.repo.start(ctx, nil, "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objecttype) %(objectsize) %(objectname)")
	if err != nil {
		return nil, err
	}
	var first, last []string
	scan := bufio.NewScanner(out)
	for scan.Scan() {
		kind, rest, _ := strings.Cut(scan.Text(), " ")
		if rest == "missing" { // what git says of an object that it cannot read
			h.stats.Broken = append(h.stats.Broken, kind)
			continue
		}
		size, id, _ := strings.Cut(rest, " ")
		n, err := strconv.ParseInt(size, 10, 64)
		key, ok := parse(id)
		if kind != "blob" || err != nil || !ok {
			continue
		}
		from, known := h.known[key]
		path := ""
		if known {
			path = h.paths[from.path]
			from.here = true
			h.known[key] = from
		}
		if n < 8 {
			continue
		}
		if path != "" && h.options.Named != nil {
			h.options.Named(h.blob(id))
		}
		switch {
		case !known && (h.options.Since != "" || h.options.After != ""):
		case path != "" && h.options.Skip != nil && h.options.Skip(path):
		case path == "" || n > h.options.MaxSize || h.options.Last != nil && h.options.Last(path):
			last = append(last, id)
		default:
			first = append(first, id)
		}
		if len(first)+len(last) > maxObjects {
			return nil, errors.Join(fmt.Errorf("git: more than %d contents", maxObjects), finish())
		}
	}
	if err := errors.Join(scan.Err(), finish()); err != nil {
		return nil, err
	}
	return slices.Concat(first, last, h.absent()), nil
}

// absent returns what commits added and git did not list: reading it tells
// that it is missing. In a partial clone that is as it should be.
func (h *history) absent() []string {
	if h.repo.Partial {
		return nil
	}
	var ids []string
	for key, from := range h.known {
		if !from.here && (h.options.Skip == nil || !h.options.Skip(h.paths[from.path])) {
			ids = append(ids, hex.EncodeToString(key[:])[:len(h.commits[0].id)])
		}
	}
	slices.Sort(ids)
	return ids
}

// stream reads the contents through git cat-file --batch. Git ends at an
// object that is damaged; reading goes on after it.
func (h *history) stream(ctx context.Context, ids []string, each func(Blob)) error {
	total := len(ids)
	for len(ids) > 0 {
		done, err := h.batch(ctx, ids, total-len(ids), total, each)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if done < len(ids) {
			h.stats.Broken = append(h.stats.Broken, ids[done])
			if len(h.stats.Broken) > 20 {
				return errors.Join(errors.New("git: more than 20 damaged objects"), err)
			}
			done++
		}
		ids = ids[done:]
	}
	return nil
}

// batch reads until git ends and returns how many were read.
func (h *history) batch(ctx context.Context, ids []string, before, total int, each func(Blob)) (int, error) {
	read, write := io.Pipe()
	defer read.Close()
	go func() {
		w := bufio.NewWriterSize(write, 32<<10)
		for _, id := range ids {
			if _, err := w.WriteString(id + "\n"); err != nil {
				break
			}
		}
		_ = write.CloseWithError(errors.Join(w.Flush(), io.EOF)) // the reader has gone
	}()
	out, finish, err := h.repo.start(ctx, read, "cat-file", "--batch", "--buffer")
	if err != nil {
		return 0, err
	}
	in := bufio.NewReaderSize(out, 1<<20)
	var text []byte
	done := 0
	for ; done < len(ids) && ctx.Err() == nil; done++ {
		header, err := in.ReadString('\n')
		if err != nil {
			break
		}
		fields := strings.Fields(header)
		if len(fields) != 3 { // "ID missing"
			h.stats.Broken = append(h.stats.Broken, ids[done])
			continue
		}
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil || size < 0 {
			break
		}
		b := h.blob(ids[done])
		if size > h.options.MaxSize {
			large := &io.LimitedReader{R: in, N: size}
			b.Large = large
			each(b)
			if _, err := io.CopyN(io.Discard, in, large.N+1); err != nil {
				break
			}
		} else {
			if int64(cap(text)) < size+1 {
				text = make([]byte, size+1)
			}
			text = text[:size+1]
			if _, err := io.ReadFull(in, text); err != nil {
				break
			}
			b.Text = text[:size]
			each(b)
		}
		h.stats.Read++
		h.stats.Bytes += size
		if h.options.Progress != nil && done%256 == 0 {
			h.options.Progress(before+done, total)
		}
	}
	read.CloseWithError(io.ErrClosedPipe)
	return done, finish()
}

func (h *history) blob(id string) Blob {
	b := Blob{ID: id}
	key, _ := parse(id)
	if from, ok := h.known[key]; ok {
		b.Path = h.paths[from.path]
		if from.commit >= 0 {
			c := &h.commits[from.commit]
			b.Commit, b.Author, b.Time, b.Order = c.id, h.paths[c.author], time.Unix(c.time, 0), int(from.commit)
		}
	}
	return b
}
