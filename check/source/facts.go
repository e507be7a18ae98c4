package source

import (
	"bytes"
	"compress/flate"
	"encoding/gob"
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/objectpath"
)

// A factStore keeps what analysers learned about packages, packed, and unpacks
// it for those who ask: nine tenths of it are the same words again and again.
type factStore struct {
	mu      sync.Mutex
	packed  map[string][]byte // import path → compressed gob of []factRecord
	decoded map[*types.Package]factSet
}

// A factRecord is one fact as it is encoded.
type factRecord struct {
	Object objectpath.Path // "" for a fact about the package
	Fact   analysis.Fact
}

type factKey struct {
	object types.Object // nil for the package
	kind   reflect.Type
}

type factSet map[factKey]analysis.Fact

func newFactStore() *factStore {
	return &factStore{packed: map[string][]byte{}, decoded: map[*types.Package]factSet{}}
}

// registerFacts tells gob about every type of fact.
func registerFacts(analyzers []*analysis.Analyzer) {
	for _, a := range analyzers {
		for _, f := range a.FactTypes {
			gob.Register(f)
		}
		registerFacts(a.Requires)
	}
}

func (s *factStore) put(path string, encoded []byte) {
	var packed []byte
	if len(encoded) > 0 {
		var out bytes.Buffer
		w, _ := flate.NewWriter(&out, flate.BestSpeed) // the level is a valid one
		_, _ = w.Write(encoded)                        // a Buffer takes everything
		_ = w.Close()
		packed = bytes.Clone(out.Bytes())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.packed[path] = packed
}

// forget drops what was unpacked of a package that nothing imports any more.
func (s *factStore) forget(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for pkg := range s.decoded {
		if pkg.Path() == path {
			delete(s.decoded, pkg)
		}
	}
}

// of returns the facts about an imported package; its map must not be changed.
func (s *factStore) of(pkg *types.Package) factSet {
	s.mu.Lock()
	defer s.mu.Unlock()
	if set, ok := s.decoded[pkg]; ok {
		return set
	}
	set := factSet{}
	s.decoded[pkg] = set
	packed := s.packed[pkg.Path()]
	if len(packed) == 0 {
		return set
	}
	var records []factRecord
	if err := gob.NewDecoder(flate.NewReader(bytes.NewReader(packed))).Decode(&records); err != nil {
		return set // of another build: the cache's key forbids it
	}
	for _, r := range records {
		key := factKey{kind: reflect.TypeOf(r.Fact)}
		if r.Object != "" {
			object, err := objectpath.Object(pkg, r.Object)
			if err != nil {
				continue // declared on another platform
			}
			key.object = object
		}
		set[key] = r.Fact
	}
	return set
}

// unitFacts are the facts that the analysers of one unit make and read.
type unitFacts struct {
	store *factStore
	pkg   *types.Package
	own   factSet
}

// encode returns the unit's own facts in an order that does not vary.
func (u *unitFacts) encode() ([]byte, error) {
	if len(u.own) == 0 {
		return nil, nil
	}
	paths := new(objectpath.Encoder)
	var records []factRecord
	for key, fact := range u.own {
		r := factRecord{Fact: fact}
		if key.object != nil {
			path, err := paths.For(key.object)
			if err != nil {
				continue // nobody outside can name it
			}
			r.Object = path
		}
		records = append(records, r)
	}
	slices.SortFunc(records, func(a, b factRecord) int {
		if c := strings.Compare(string(a.Object), string(b.Object)); c != 0 {
			return c
		}
		return strings.Compare(fmt.Sprintf("%T", a.Fact), fmt.Sprintf("%T", b.Fact))
	})
	var out bytes.Buffer
	if err := gob.NewEncoder(&out).Encode(records); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// get copies a fact to the pointer and reports whether there is one.
func (u *unitFacts) get(pkg *types.Package, object types.Object, to analysis.Fact) bool {
	if pkg == nil {
		return false
	}
	set := u.own
	if pkg != u.pkg {
		set = u.store.of(pkg)
	}
	fact, ok := set[factKey{object, reflect.TypeOf(to)}]
	if ok {
		reflect.ValueOf(to).Elem().Set(reflect.ValueOf(fact).Elem())
	}
	return ok
}

func (u *unitFacts) set(object types.Object, fact analysis.Fact) {
	u.own[factKey{object, reflect.TypeOf(fact)}] = fact
}

// install gives a pass its access to facts.
func (u *unitFacts) install(pass *analysis.Pass) {
	pass.ImportObjectFact = func(object types.Object, to analysis.Fact) bool {
		return object != nil && u.get(object.Pkg(), object, to)
	}
	pass.ImportPackageFact = func(pkg *types.Package, to analysis.Fact) bool { return u.get(pkg, nil, to) }
	pass.ExportObjectFact = func(object types.Object, fact analysis.Fact) {
		if object == nil || object.Pkg() != u.pkg {
			panic(fmt.Sprintf("fact about %v, which is of another package", object))
		}
		u.set(object, fact)
	}
	pass.ExportPackageFact = func(fact analysis.Fact) { u.set(nil, fact) }
	pass.AllObjectFacts = func() []analysis.ObjectFact { return u.all(pass) }
	pass.AllPackageFacts = func() []analysis.PackageFact {
		var facts []analysis.PackageFact
		u.each(pass, func(pkg *types.Package, object types.Object, fact analysis.Fact) {
			if object == nil {
				facts = append(facts, analysis.PackageFact{Package: pkg, Fact: fact})
			}
		})
		return facts
	}
}

func (u *unitFacts) all(pass *analysis.Pass) []analysis.ObjectFact {
	var facts []analysis.ObjectFact
	u.each(pass, func(_ *types.Package, object types.Object, fact analysis.Fact) {
		if object != nil {
			facts = append(facts, analysis.ObjectFact{Object: object, Fact: fact})
		}
	})
	return facts
}

// each visits the facts of the pass's analyser about its package and all that
// it imports.
func (u *unitFacts) each(pass *analysis.Pass, visit func(*types.Package, types.Object, analysis.Fact)) {
	mine := map[reflect.Type]bool{}
	for _, f := range pass.Analyzer.FactTypes {
		mine[reflect.TypeOf(f)] = true
	}
	seen := map[*types.Package]bool{}
	var walk func(*types.Package, factSet)
	walk = func(pkg *types.Package, set factSet) {
		seen[pkg] = true
		for key, fact := range set {
			if mine[key.kind] {
				visit(pkg, key.object, fact)
			}
		}
		for _, other := range pkg.Imports() {
			if !seen[other] {
				walk(other, u.store.of(other))
			}
		}
	}
	walk(u.pkg, u.own)
}
