package safehtml

import (
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/merlon-go/merlon/internal/deny"
	"github.com/merlon-go/merlon/safehtml/unsafehtml"
)

// StaticConfig says which files are served and where.
type StaticConfig struct {
	// FS holds the files; every one of them becomes public. Required.
	FS fs.FS
	// Prefix is the path they are served under; empty means "/-/static/".
	Prefix string
	// Reload reads the files anew for every use. For development.
	Reload bool
}

// Static serves files from memory, under a name that holds a hash of their
// content and may therefore be kept by browsers for a year. The plain name
// works too and is revalidated each time. It is safe for concurrent use.
type Static struct {
	config StaticConfig
	files  atomic.Pointer[fileTable]
}

// fileTable holds the files of one reading.
type fileTable struct {
	byName map[string]*file // the plain name, for templates
	byPath map[string]*file // both names, for requests
}

type file struct {
	address   string // prefix and fingerprinted name
	finger    string // fingerprinted name
	integrity string
	etag      string
	kind      string
	body      []byte
	gzip      []byte // nil where it would not be smaller
}

// maxStatic bounds one file, in bytes: they are all kept in memory.
const maxStatic = 16 << 20

// mediaTypes are the types that may be served. The list is closed so that the
// type never depends on the machine, and so that a stray file is noticed.
var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".json": "application/json", ".map": "application/json", ".webmanifest": "application/manifest+json",
	".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
	".webp": "image/webp", ".avif": "image/avif", ".ico": "image/x-icon", ".woff2": "font/woff2", ".woff": "font/woff",
	".txt": "text/plain; charset=utf-8", ".pdf": "application/pdf", ".wasm": "application/wasm", ".mp4": "video/mp4", ".webm": "video/webm",
}

// NewStatic reads all files of config.FS. It refuses a file whose type it does
// not know, or that is larger than 16 MiB.
func NewStatic(config StaticConfig) (*Static, error) {
	if config.FS == nil {
		return nil, errors.New("safehtml: no file system for static files")
	}
	if config.Prefix == "" {
		config.Prefix = "/-/static/"
	}
	if !strings.HasPrefix(config.Prefix, "/") || !strings.HasSuffix(config.Prefix, "/") {
		return nil, fmt.Errorf("safehtml: prefix %q must begin and end with a slash", config.Prefix)
	}
	s := &Static{config: config}
	table, err := s.read()
	if err != nil {
		return nil, err
	}
	s.files.Store(table)
	return s, nil
}

func (s *Static) read() (*fileTable, error) {
	table := &fileTable{byName: map[string]*file{}, byPath: map[string]*file{}}
	err := fs.WalkDir(s.config.FS, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		f, err := s.readFile(name)
		if err != nil {
			return err
		}
		table.byName[name] = f
		table.byPath[name] = f
		table.byPath[f.finger] = f
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("safehtml: static files: %w", err)
	}
	return table, nil
}

func (s *Static) readFile(name string) (*file, error) {
	ext := path.Ext(name)
	kind := mediaTypes[strings.ToLower(ext)]
	if kind == "" {
		return nil, fmt.Errorf("%s: unknown type", name)
	}
	body, err := fs.ReadFile(s.config.FS, name)
	if err != nil {
		return nil, err
	}
	if len(body) > maxStatic {
		return nil, fmt.Errorf("%s: larger than %d bytes", name, maxStatic)
	}
	sum := sha512.Sum384(body)
	finger := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:8]) + ext
	f := &file{
		address:   s.config.Prefix + finger,
		finger:    finger,
		integrity: "sha384-" + base64.StdEncoding.EncodeToString(sum[:]),
		etag:      `"` + hex.EncodeToString(sum[:16]) + `"`,
		kind:      kind,
		body:      body,
	}
	if !s.config.Reload && compressible(kind) {
		f.gzip = compressed(body)
	}
	return f, nil
}

func compressible(kind string) bool {
	return strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "application/") || kind == "image/svg+xml"
}

func compressed(body []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	z.Write(body)                                         // a buffer takes everything
	z.Close()
	if b.Len() >= len(body) {
		return nil
	}
	return b.Bytes()
}

func (s *Static) table() *fileTable {
	if s.config.Reload {
		if fresh, err := s.read(); err == nil {
			s.files.Store(fresh)
		}
	}
	return s.files.Load()
}

func (s *Static) lookup(name string) (*file, error) {
	f := s.table().byName[name]
	if f == nil {
		return nil, fmt.Errorf("safehtml: no static file %q", name)
	}
	return f, nil
}

// Pattern returns the http.ServeMux pattern to register s under.
func (s *Static) Pattern() string { return s.config.Prefix }

// URL returns the address of the file, with its fingerprint.
func (s *Static) URL(name string) (string, error) {
	f, err := s.lookup(name)
	if err != nil {
		return "", err
	}
	return f.address, nil
}

// Integrity returns the file's hash as an integrity attribute takes it (SRI).
func (s *Static) Integrity(name string) (string, error) {
	f, err := s.lookup(name)
	if err != nil {
		return "", err
	}
	return f.integrity, nil
}

func (s *Static) stylesheet(name string) (unsafehtml.HTML, error) {
	f, err := s.lookup(name)
	if err != nil {
		return "", err
	}
	return unsafehtml.HTML(`<link rel="stylesheet" href="` + escape(f.address) + `" integrity="` + escape(f.integrity) + `">`), nil
}

func (s *Static) script(name, nonce string) (unsafehtml.HTML, error) {
	f, err := s.lookup(name)
	if err != nil {
		return "", err
	}
	attribute := ""
	if nonce != "" {
		attribute = ` nonce="` + escape(nonce) + `"`
	}
	return unsafehtml.HTML(`<script src="` + escape(f.address) + `" integrity="` + escape(f.integrity) + `"` + attribute + ` defer></script>`), nil
}

// ServeHTTP answers GET and HEAD requests for the files.
func (s *Static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		refuse(w, r, http.StatusMethodNotAllowed)
		return
	}
	name, ok := strings.CutPrefix(r.URL.Path, s.config.Prefix)
	f := s.table().byPath[name]
	if !ok || f == nil {
		refuse(w, r, http.StatusNotFound)
		return
	}
	h.Set("Cache-Control", "no-cache")
	if name == f.finger {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Etag", f.etag)
	h.Set("X-Content-Type-Options", "nosniff")
	if f.gzip != nil {
		h.Set("Vary", "Accept-Encoding")
	}
	if matches(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.body
	if f.gzip != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body = f.gzip
	}
	h.Set("Content-Type", f.kind)
	h.Set("Content-Length", itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

func refuse(w http.ResponseWriter, r *http.Request, status int) {
	deny.Refuse(w, r, &deny.Refusal{Status: status, Control: "safehtml", Reason: "static"}, nil, nil)
}

// maxHeader bounds what is parsed of a conditional or negotiation header.
const maxHeader = 1 << 10

// matches reports whether an If-None-Match header names the tag (RFC 9110
// section 13.1.2, weak comparison).
func matches(header, etag string) bool {
	if header == "" || len(header) > maxHeader {
		return false
	}
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == etag || part == "*" {
			return true
		}
	}
	return false
}

// acceptsGzip reports whether gzip may be sent: named with a weight above zero,
// or covered by "*" and not refused by name (RFC 9110 section 12.5.3).
func acceptsGzip(header string) bool {
	if len(header) > maxHeader {
		return false
	}
	named, star := -1.0, -1.0
	for part := range strings.SplitSeq(header, ",") {
		coding, parameter, _ := strings.Cut(part, ";")
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(parameter)), "q="); ok {
			var err error
			if weight, err = strconv.ParseFloat(q, 64); err != nil {
				weight = 0
			}
		}
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip":
			named = weight
		case "*":
			star = weight
		}
	}
	if named >= 0 {
		return named > 0
	}
	return star > 0
}
