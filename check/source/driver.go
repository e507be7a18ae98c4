package source

import (
	"context"
	"encoding/hex"
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/merlon-go/merlon/check"
)

// Config says how source is read. The zero Config reads everything but tests,
// keeps nothing, and uses every processor.
type Config struct {
	// CacheDir is a folder for results, so that packages that did not change
	// are not analysed again; "" keeps nothing.
	CacheDir string
	// Version tells builds of the analysers apart in the cache; "" takes size
	// and time of the running program's file.
	Version string
	// Tests also reads files named *_test.go.
	Tests bool
	// Workers is how many packages are analysed at a time; 0 means one for
	// each processor.
	Workers int
	// Progress, if not nil, is called whenever a package is done, by one
	// goroutine at a time.
	Progress func(done, total int, path string)
	// Around, if not nil, is called before packages are analysed, and what it
	// returns when they have been: a command can set the garbage collector
	// there, which is not a library's to set.
	Around func() (done func())
	// Now is the clock by which the cache forgets; nil means time.Now.
	Now func() time.Time
}

// A driver reads one tree once.
type driver struct {
	config   Config
	checks   []Check
	checksID string
	tree     *Tree
	tools    *toolchain
	mods     *modules
	facts    *factStore
	cache    *cache
	look     func(file string)

	universe *universe

	mu      sync.Mutex
	located map[outsideKey]location
}

type location struct {
	dir string
	std bool
}

// An outcome is what reading a tree gave.
type outcome struct {
	findings map[string][]check.Finding // by rule
	places   map[string]int             // where among these
	partial  []*check.Unjudged
	packages int
}

// scanned is a folder with its module.
type scanned struct {
	Dir
	units    []*unit
	problems []*check.Unjudged
}

func newDriver(t *check.Target, tree *Tree, checks []Check, config Config) *driver {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Workers <= 0 {
		config.Workers = runtime.GOMAXPROCS(0)
	}
	if config.Version == "" {
		config.Version = programVersion()
	}
	if config.Version == "" {
		config.CacheDir = ""
	}
	d := &driver{
		config: config, checks: checks, tree: tree, facts: newFactStore(),
		cache:   &cache{dir: config.CacheDir, now: config.Now},
		look:    func(file string) { t.Look(tree.Rel(file)) },
		located: map[outsideKey]location{},
	}
	var analyzers []*analysis.Analyzer
	for _, c := range checks {
		d.checksID += c.Rule.ID + " "
		analyzers = append(analyzers, c.Analyzer)
	}
	registerFacts(analyzers)
	return d
}

// programVersion tells builds of this program apart without hashing it.
func programVersion() string {
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(name)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano())
}

// run reads the tree.
func (d *driver) run(ctx context.Context) (*outcome, error) {
	out := &outcome{findings: map[string][]check.Finding{}, places: map[string]int{}, partial: slices.Clone(d.tree.Problems)}
	if len(d.tree.Dirs) == 0 {
		if len(out.partial) == 0 {
			return nil, fmt.Errorf("no Go files: %w", check.ErrNotApplicable)
		}
		return out, nil
	}
	d.tools = askToolchain(ctx, d.tree.Dirs[0].Path)
	if d.tools.problem != "" {
		out.partial = append(out.partial, &check.Unjudged{Reason: d.tools.problem})
	}
	d.mods = &modules{tools: d.tools, byDir: map[string]*goModule{}}
	units := d.units(out)
	out.packages = len(units)
	d.link(units)
	d.analyseAll(ctx, units)
	for _, u := range units {
		d.collect(u, out)
	}
	d.cache.trim()
	return out, nil
}

// units finds the modules and packages of the tree.
func (d *driver) units(out *outcome) []*unit {
	var dirs []*scanned
	for _, dir := range d.tree.Dirs {
		dir.mod = d.mods.of(dir.Path)
		dirs = append(dirs, &scanned{Dir: dir})
	}
	for _, mod := range d.mods.list {
		mod.finish(d.tree.root)
		if mod.problem != "" {
			out.partial = append(out.partial, &check.Unjudged{Place: check.Place{File: d.tree.Rel(filepath.Join(mod.dir, "go.mod"))}, Reason: mod.problem})
		}
	}
	d.mods.workspace()
	each(d.config.Workers, dirs, func(s *scanned) { s.units, s.problems = d.scan(s.Dir) })
	var units []*unit
	for _, s := range dirs {
		units = append(units, s.units...)
		out.partial = append(out.partial, s.problems...)
	}
	return units
}

// link finds out which units import which.
func (d *driver) link(units []*unit) {
	byDir := map[string]*unit{}
	for _, u := range units {
		if u.only == nil && u.files[0].pkg != "main" && !strings.HasSuffix(u.path, "_test") {
			byDir[u.dir] = u
		}
	}
	for _, u := range units {
		for _, name := range u.imports {
			dir, std := d.resolved(u.mod, name)
			if dep := byDir[dir]; !std && dep != nil && dep != u {
				u.deps = append(u.deps, dep)
			}
		}
	}
}

// resolved is modules.resolve, remembered.
func (d *driver) resolved(mod *goModule, name string) (dir string, std bool) {
	if name == "C" || name == "unsafe" {
		return "", true
	}
	key := outsideKey{mod, name}
	d.mu.Lock()
	known, ok := d.located[key]
	d.mu.Unlock()
	if !ok {
		known.dir, known.std = d.mods.resolve(mod, name, false)
		d.mu.Lock()
		d.located[key] = known
		d.mu.Unlock()
	}
	return known.dir, known.std
}

// analyseAll gives every unit its result, from the cache where it can.
func (d *driver) analyseAll(ctx context.Context, units []*unit) {
	needs := func(u *unit) []*unit { return u.deps }
	ordered(d.config.Workers, units, needs, func(u *unit) { d.recall(u) })
	var missing []*unit
	var imports []imported
	var files []mention
	tree := map[string]bool{}
	for _, u := range units {
		tree[u.dir] = true
		for _, f := range u.files {
			if u.only == nil || u.only[f.name] {
				files = append(files, mention{filepath.Join(u.dir, f.name), u.mod, f.imports})
			}
		}
		if u.result != nil {
			continue
		}
		missing = append(missing, u)
		for _, name := range u.imports {
			if name != "C" && name != "unsafe" {
				imports = append(imports, imported{u.mod, name})
			}
		}
	}
	// Files of other platforms see imports as they are on this one: what
	// differs is little, and loading all anew for each would take longer than
	// everything else.
	if d.config.Around != nil {
		defer d.config.Around()()
	}
	d.universe = newUniverse(d.mods, d.tools.platform(), d.config.Workers, tree)
	d.universe.load(imports, files)
	waiting := map[*unit]int{} // how many units that import it have no result yet
	for _, u := range missing {
		for _, dep := range u.deps {
			waiting[dep]++
		}
	}
	room := newRoom(maxSource)
	done := 0
	var mu sync.Mutex
	ordered(d.config.Workers, missing, needs, func(u *unit) {
		size := room.enter(u.size())
		d.settle(ctx, u)
		room.leave(size)
		mu.Lock()
		defer mu.Unlock()
		for _, dep := range u.deps {
			if waiting[dep]--; waiting[dep] == 0 {
				d.facts.forget(dep.path)
			}
		}
		if done++; d.config.Progress != nil {
			d.config.Progress(done, len(missing), u.path)
		}
	})
}

// recall takes the unit's result from the cache, if what it imports was found
// there too.
func (d *driver) recall(u *unit) bool {
	for _, dep := range u.deps {
		if dep.result == nil {
			return false
		}
	}
	d.setKey(u)
	if u.result = d.cache.get(u.key); u.result == nil {
		return false
	}
	u.setOut()
	d.facts.put(u.path, u.result.Facts)
	u.result.Facts = nil
	return true
}

// settle gives the unit its result; what it imports has one.
func (d *driver) settle(ctx context.Context, u *unit) {
	if ctx.Err() != nil {
		u.result = &result{Partial: []partial{{File: u.files[0].name, Reason: "not read: " + ctx.Err().Error()}}}
		return
	}
	if d.recall(u) {
		return
	}
	u.result = d.judge(u)
	u.setOut()
	if u.only == nil {
		d.facts.put(u.path, u.result.Facts)
	}
	d.cache.put(u.key, u.result)
	u.result.Facts = nil
}

// judge loads and analyses the unit. Files that declare the same names, as
// loose programs in one folder do, are judged one by one.
func (d *driver) judge(u *unit) (r *result) {
	defer func() {
		if p := recover(); p != nil {
			r = &result{Partial: []partial{{File: u.files[0].name, Reason: fmt.Sprintf("could not be loaded: %s", message(fmt.Errorf("%v", p)))}}}
		}
	}()
	l := d.loadUnit(u)
	if !l.redeclared() {
		return d.analyse(l)
	}
	whole := &result{Partial: []partial{{File: u.files[0].name, Reason: "declares names twice in several files; each file is judged alone"}}}
	for _, f := range u.files {
		if u.only != nil && !u.only[f.name] {
			continue
		}
		alone := *u
		alone.files, alone.only, alone.imports = []*file{f}, map[string]bool{f.name: true}, f.imports
		part := d.analyse(d.loadUnit(&alone))
		whole.Findings = append(whole.Findings, part.Findings...)
	}
	return whole
}

// collect adds the unit's result to the outcome, with names of files as the
// report shows them.
func (d *driver) collect(u *unit, out *outcome) {
	rel := func(name string) string {
		if filepath.IsAbs(name) { // of another package
			return d.tree.Rel(name)
		}
		return d.tree.Rel(filepath.Join(u.dir, name))
	}
	for _, f := range u.result.Findings {
		f.Place.File = rel(f.Place.File)
		f.Trace = slices.Clone(f.Trace)
		for i := range f.Trace {
			f.Trace[i].Place.File = rel(f.Trace[i].Place.File)
		}
		f.Edits = slices.Clone(f.Edits)
		for i := range f.Edits {
			f.Edits[i].File = rel(f.Edits[i].File)
		}
		out.add(f)
	}
	for _, p := range u.result.Partial {
		place := check.Place{Line: p.Line}
		if p.File != "" {
			place.File = rel(p.File)
		}
		out.partial = append(out.partial, &check.Unjudged{Place: place, Reason: p.Reason})
	}
}

// add adds a finding. Where several packages lead to one place the surest of
// them stays.
func (out *outcome) add(f check.Finding) {
	key := fmt.Sprint(f.ID, " ", f.Place.File, " ", f.Place.Line, " ", f.Place.Col)
	list := out.findings[f.ID]
	n, again := out.places[key]
	switch {
	case !again:
		out.places[key] = len(list)
		out.findings[f.ID] = append(list, f)
	case f.Confidence > list[n].Confidence:
		list[n] = f
	}
}

// finish turns the text that decides about dependencies into its hash.
func (mod *goModule) finish(root string) {
	h := newDigest(mod.text)
	for _, r := range mod.requires {
		if !strings.Contains(r.dir, "@") && !within(r.dir, root) {
			h.add(r.path, vendorListing(r.dir))
		}
	}
	sum := h.sum()
	mod.textHash, mod.text = hex.EncodeToString(sum[:]), ""
}

// redeclared reports whether a name is declared in two of the unit's files.
func (l *loaded) redeclared() bool {
	return len(l.unit.files) > 1 && slices.ContainsFunc(l.errs, func(e types.Error) bool { return strings.Contains(e.Msg, "redeclared in this block") })
}
