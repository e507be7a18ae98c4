package safehtml

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/merlon-go/merlon/internal/deny"
)

// Config says where the templates are and what they may call. The zero value
// of each field is the strict or empty one; only FS is required.
type Config struct {
	// FS holds the templates. Join several with [Overlay].
	FS fs.FS
	// Static serves the files that static, integrity, stylesheet and script
	// name. Nil means that a template which calls them does not load.
	Static *Static
	// Nonce returns the CSP nonce of the response being made; csp.Nonce fits.
	// Nil means that {{nonce}} is empty.
	Nonce func(ctx context.Context) string
	// CSRFToken returns the CSRF token of the request; csrf.Token fits. Nil
	// means that {{csrfField}} renders nothing.
	CSRFToken func(ctx context.Context) string
	// CSRFFieldName is the name of the hidden field; nil means "csrf_token".
	CSRFFieldName func(ctx context.Context) string
	// Funcs are further functions, as in html/template. They must be safe for
	// concurrent use.
	Funcs template.FuncMap
	// RequestFuncs are functions without argument that speak of the request
	// being answered; templates call them by their key.
	RequestFuncs map[string]func(ctx context.Context) any
	// Failed answers when a template fails; it must write a whole response.
	// Nil means [deny.Write] with status 500.
	Failed func(w http.ResponseWriter, r *http.Request, err error)
	// Reload reads the files anew for every rendering. For development.
	Reload bool
	// AllowInline lets templates hold inline handlers, styles and scripts
	// that a strict Content Security Policy forbids. Mail needs it.
	AllowInline bool
	// AllowFormWithoutCSRF lets forms post without {{csrfField}}.
	AllowFormWithoutCSRF bool
}

// Templates is a loaded set of pages. It is safe for concurrent use.
type Templates struct {
	config Config
	pages  map[string]*page
}

// page is one page with everything it can call, and executors to render it.
type page struct {
	name   string
	source *template.Template // parsed, never executed, so that it can be cloned
	free   chan *executor
}

// executor renders one page at a time. Its functions that speak of a request
// read ctx, which is why two renderings never share one.
type executor struct {
	ctx  context.Context
	tmpl *template.Template
}

// Load reads, checks and compiles all pages of config.FS. It returns every
// fault it finds, joined.
func Load(config Config) (*Templates, error) {
	if config.FS == nil {
		return nil, errors.New("safehtml: no file system")
	}
	config.Funcs = maps.Clone(config.Funcs)
	config.RequestFuncs = maps.Clone(config.RequestFuncs)
	t := &Templates{config: config, pages: map[string]*page{}}
	if err := t.checkFuncs(); err != nil {
		return nil, err
	}
	names, shared, err := t.parseShared()
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, file := range names {
		p, err := t.loadPage(shared, file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		t.pages[p.name] = p
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return t, nil
}

// Names returns the names of all pages, sorted.
func (t *Templates) Names() []string { return slices.Sorted(maps.Keys(t.pages)) }

// Has reports whether there is a page of that name.
func (t *Templates) Has(name string) bool { return t.pages[name] != nil }

// parseShared lists the pages and parses the layouts and partials.
func (t *Templates) parseShared() (pages []string, shared *template.Template, err error) {
	shared = template.New("").Funcs(t.funcs(nil))
	err = fs.WalkDir(t.config.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".html") {
			return nil
		}
		if !strings.HasPrefix(path, "layouts/") && !strings.HasPrefix(path, "partials/") {
			pages = append(pages, path)
			return nil
		}
		return t.parseFile(shared, path)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("safehtml: %w", err)
	}
	return pages, shared, nil
}

func (t *Templates) parseFile(set *template.Template, path string) error {
	text, err := fs.ReadFile(t.config.FS, path)
	if err != nil {
		return err
	}
	_, err = set.New(strings.TrimSuffix(path, ".html")).Parse(string(text))
	return err
}

// loadPage compiles one page to the end, so that a fault shows at the start of
// the program and not at the first request.
func (t *Templates) loadPage(shared *template.Template, path string) (*page, error) {
	set, err := shared.Clone()
	if err != nil {
		return nil, fmt.Errorf("safehtml: %w", err)
	}
	if err := t.parseFile(set, path); err != nil {
		return nil, fmt.Errorf("safehtml: %w", err)
	}
	p := &page{
		name:   strings.TrimSuffix(path, ".html"),
		source: set,
		free:   make(chan *executor, max(8, 4*runtime.GOMAXPROCS(0))),
	}
	if err := t.lint(p); err != nil {
		return nil, err
	}
	closeEscapes(set)
	e, err := t.executor(p)
	if err != nil {
		return nil, err
	}
	p.free <- e
	return p, nil
}

// executor makes an executor for p: a clone with functions of its own, escaped
// and tuned.
func (t *Templates) executor(p *page) (*executor, error) {
	clone, err := p.source.Clone()
	if err != nil {
		return nil, fmt.Errorf("safehtml: %w", err)
	}
	e := &executor{ctx: context.Background()}
	clone.Funcs(t.funcs(e))
	if e.tmpl, err = compile(clone, p.name); err != nil {
		return nil, err
	}
	return e, nil
}

// Render answers r with the page name, fed with data, under the given status.
// The page is sent whole or not at all: when it fails, Render has answered with
// Config.Failed and returns the error, for the log. Headers that were set
// before stand; Content-Type and Content-Length are set here.
func (t *Templates) Render(w http.ResponseWriter, r *http.Request, status int, name string, data any) error {
	buffer := buffers.Get().(*bytes.Buffer)
	defer release(buffer)
	if err := t.execute(r.Context(), buffer, name, data); err != nil {
		t.fail(w, r, err)
		return err
	}
	h := w.Header()
	h["Content-Type"] = contentType
	h.Set("Content-Length", itoa(buffer.Len()))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	_, err := w.Write(buffer.Bytes())
	return err
}

// HTML returns the page name, fed with data, as text: for a mail, or a fragment
// stored elsewhere. ctx is handed to the functions that speak of a request.
func (t *Templates) HTML(ctx context.Context, name string, data any) (string, error) {
	buffer := buffers.Get().(*bytes.Buffer)
	defer release(buffer)
	if err := t.execute(ctx, buffer, name, data); err != nil {
		return "", err
	}
	return buffer.String(), nil
}

func (t *Templates) fail(w http.ResponseWriter, r *http.Request, err error) {
	if t.config.Failed != nil {
		t.config.Failed(w, r, err)
		return
	}
	deny.Refuse(w, r, &deny.Refusal{
		Status: http.StatusInternalServerError, Control: "safehtml", Reason: "template", Err: err,
	}, nil, nil)
}

func (t *Templates) execute(ctx context.Context, buffer *bytes.Buffer, name string, data any) error {
	p := t.pages[name]
	if t.config.Reload {
		fresh, err := Load(t.fresh())
		if err != nil {
			return err
		}
		p = fresh.pages[name]
	}
	if p == nil {
		return fmt.Errorf("safehtml: no page %q", name)
	}
	var e *executor
	select {
	case e = <-p.free:
	default:
		var err error
		if e, err = t.executor(p); err != nil {
			return err
		}
	}
	e.ctx = ctx
	err := e.tmpl.Execute(buffer, data)
	e.ctx = nil
	select {
	case p.free <- e:
	default:
	}
	if err != nil {
		return fmt.Errorf("safehtml: %w", err)
	}
	return nil
}

// fresh returns the configuration for one reading in development.
func (t *Templates) fresh() Config {
	config := t.config
	config.Reload = false
	return config
}

var contentType = []string{"text/html; charset=utf-8"}

// buffers holds the buffers that pages are rendered into.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxPooled bounds a buffer that is kept: one huge page must not pin its
// memory for good.
const maxPooled = 1 << 20

func release(b *bytes.Buffer) {
	if b.Cap() <= maxPooled {
		b.Reset()
		buffers.Put(b)
	}
}
