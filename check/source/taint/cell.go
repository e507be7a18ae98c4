package taint

import (
	"go/types"
	"slices"
	"strings"
)

// A cell is a place that holds a value: an SSA value, a variable, a field, the
// elements of a slice. Text has labels; a pointer, slice, map, channel or
// struct has an object besides, which is what it refers to or consists of.
type cell struct {
	parent *cell // union-find; nil for a representative
	labels set
	obj    *object
	up     *object // what the cell is a field of; nil for values
	name   string  // under which name
}

func (c *cell) find() *cell {
	for c.parent != nil {
		if c.parent.parent != nil {
			c.parent = c.parent.parent
		}
		c = c.parent
	}
	return c
}

// An object has fields. Values that refer to one object share it.
type object struct {
	parent *object
	fields fields
	whole  set     // what holds for everything below
	roots  []place // the parameters and so on that it lies below
}

// fields are the fields of an object in the order in which they were first
// seen, which is the same in every run.
type fields struct {
	names []string
	cells []*cell
	index map[string]int // for objects with many fields
}

// manyFields is how many fields are looked for one by one.
const manyFields = 12

func (f *fields) get(name string) *cell {
	if f.index != nil {
		if i, ok := f.index[name]; ok {
			return f.cells[i]
		}
		return nil
	}
	for i, n := range f.names {
		if n == name {
			return f.cells[i]
		}
	}
	return nil
}

// add adds a field that is not there yet.
func (f *fields) add(name string, c *cell) {
	f.names, f.cells = append(f.names, name), append(f.cells, c)
	if f.index != nil {
		f.index[name] = len(f.cells) - 1
	} else if len(f.names) > manyFields {
		f.index = map[string]int{}
		for i, n := range f.names {
			f.index[n] = i
		}
	}
}

func (o *object) find() *object {
	for o.parent != nil {
		if o.parent.parent != nil {
			o.parent = o.parent.parent
		}
		o = o.parent
	}
	return o
}

// A place is an access path below a root of a function.
type place struct {
	root int
	path string
}

// The names of fields that are none of a struct.
const (
	pointee = "*"
	element = "[]"
	mapKey  = "[key]"
)

// maxDepth bounds the length of paths: deeper fields are one with their parents.
const maxDepth = 3

func deeper(path, name string) string {
	if strings.Count(path, ".") >= maxDepth {
		return path
	}
	return path + "." + name
}

// heap owns the cells of one function's analysis.
type heap struct {
	changed bool
	work    int // counted, so that no function takes for ever
}

func (h *heap) add(c *cell, labels set, kinds Kind) {
	if len(labels) > 0 && c.find().labels.add(labels, kinds) {
		h.changed = true
	}
}

// object returns what the cell refers to, made if need be.
func (h *heap) object(c *cell) *object {
	c = c.find()
	if c.obj == nil {
		c.obj = &object{}
	}
	o := c.obj.find()
	if c.up != nil {
		up := c.up.find()
		if up != o {
			if len(up.whole) > 0 && !handed(c.name) && o.whole.add(up.whole, all) {
				h.changed = true
			}
			for _, r := range up.roots {
				h.addRoot(o, place{r.root, deeper(r.path, c.name)})
			}
		}
	}
	return o
}

// maxRoots bounds the roots of one object.
const maxRoots = 8

func (h *heap) addRoot(o *object, p place) {
	if len(o.roots) < maxRoots && !slices.Contains(o.roots, p) {
		o.roots = append(o.roots, p)
		h.changed = true
	}
}

// field returns a field of the object with what the object knows of it.
func (h *heap) field(o *object, name string) *cell {
	o = o.find()
	h.work++
	c := o.fields.get(name)
	if c == nil {
		c = &cell{up: o, name: name}
		o.fields.add(name, c)
	}
	c = c.find()
	if handed(name) {
		return c // what a function is given does not come out of it
	}
	h.add(c, o.whole, all)
	if c.up != nil {
		if up := c.up.find(); up != o {
			h.add(c, up.whole, all)
		}
	}
	return c
}

// rooted adds the roots that a cell lies below: whatever is there comes from
// them.
func (h *heap) rooted(out *set, c *cell, kinds Kind) bool {
	grew := false
	if c.up == nil {
		return false
	}
	for _, r := range c.up.find().roots {
		if out.addOne(label{origin: origin{root: r.root, path: deeper(r.path, c.name)}, kinds: kinds}, all) {
			grew = true
		}
	}
	return grew
}

// element returns the cell that holds all elements of a map or slice, for
// reading: with those under constant keys.
func (h *heap) elements(o *object) []*cell {
	o = o.find()
	cells := []*cell{h.field(o, element)}
	for _, name := range o.fields.names {
		if strings.HasPrefix(name, "[") && name != element && name != mapKey {
			cells = append(cells, h.field(o, name))
		}
	}
	return cells
}

// unite makes two objects one.
func (h *heap) unite(a, b *object) {
	a, b = a.find(), b.find()
	if a == b {
		return
	}
	h.changed = true
	b.parent = a
	a.whole.add(b.whole, all)
	for _, r := range b.roots {
		h.addRoot(a, r)
	}
	theirs := b.fields
	b.fields = fields{}
	for i, name := range theirs.names {
		h.work++
		a = a.find()
		if have := a.fields.get(name); have != nil {
			h.uniteCells(have, theirs.cells[i])
			continue
		}
		a.fields.add(name, theirs.cells[i])
	}
}

func (h *heap) uniteCells(a, b *cell) {
	a, b = a.find(), b.find()
	if a == b {
		return
	}
	h.changed = true
	b.parent = a
	a.labels.add(b.labels, all)
	if a.up == nil {
		a.up, a.name = b.up, b.name
	}
	switch {
	case b.obj == nil:
	case a.obj == nil:
		a.obj = b.obj
	default:
		h.unite(a.obj, b.obj)
	}
}

// taint marks a cell and everything below it.
func (h *heap) taint(c *cell, labels set, t types.Type) {
	if len(labels) == 0 {
		return
	}
	labels = labels.only(carries(t))
	h.add(c, labels, all)
	if flat(t) {
		return
	}
	h.taintObject(h.object(c), labels, maxDepth)
}

func (h *heap) taintObject(o *object, labels set, depth int) {
	o = o.find()
	if !o.whole.add(labels, all) || depth == 0 {
		return
	}
	h.changed = true
	for _, name := range slices.Clone(o.fields.names) {
		if handed(name) {
			continue
		}
		c := h.field(o, name)
		if c.obj != nil {
			h.taintObject(c.obj, labels, depth-1)
		}
	}
}

// flow lets the value of type t in src be also in dst.
func (h *heap) flow(dst, src *cell, t types.Type, kinds Kind) {
	if src == nil || dst == nil {
		return
	}
	dst, src = dst.find(), src.find()
	if dst == src {
		return
	}
	kinds &= carries(t)
	if kinds == 0 {
		return
	}
	h.add(dst, src.labels, kinds)
	if labelled(t) && h.rooted(&dst.labels, src, kinds) {
		h.changed = true
	}
	switch {
	case flat(t):
	case shared(t):
		if src.obj == nil && dst.obj == nil {
			src.obj = &object{}
		}
		h.unite(h.object(dst), h.object(src))
	default:
		h.absorb(h.object(dst), h.object(src), t, kinds, maxDepth)
	}
}

// maxFields bounds how many fields of a struct are told apart.
const maxFields = 48

// absorb copies a struct or array.
func (h *heap) absorb(dst, src *object, t types.Type, kinds Kind, depth int) {
	dst, src = dst.find(), src.find()
	if dst == src || depth == 0 {
		return
	}
	if dst.whole.add(src.whole, kinds) {
		h.changed = true
	}
	copyField := func(name string, t types.Type) {
		if carries(t) == 0 || len(src.roots) == 0 && src.fields.get(name) == nil {
			return // whole has said all
		}
		from := h.field(src, name)
		if len(from.labels) == 0 && from.obj == nil && flat(t) && len(src.roots) == 0 {
			return
		}
		to := h.field(dst, name)
		h.add(to, from.labels, kinds&carries(t))
		if labelled(t) && h.rooted(&to.labels, from, kinds&carries(t)) {
			h.changed = true
		}
		switch {
		case flat(t):
		case shared(t):
			h.unite(h.object(to), h.object(from))
		default:
			h.absorb(h.object(to), h.object(from), t, kinds, depth-1)
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := range min(u.NumFields(), maxFields) {
			copyField(u.Field(i).Name(), u.Field(i).Type())
		}
	case *types.Array:
		copyField(element, u.Elem())
	case *types.Tuple:
		for i := range u.Len() {
			copyField(number(i), u.At(i).Type())
		}
	}
}

// deep returns the labels of a value and of everything below it.
func (h *heap) deep(c *cell) set {
	if c == nil {
		return nil
	}
	c = c.find()
	if c.obj == nil && (c.up == nil || len(c.up.find().roots) == 0) {
		return c.labels
	}
	out := slices.Clone(c.labels)
	h.rooted(&out, c, all)
	if c.obj != nil {
		budget := 64
		o := h.object(c)
		for _, r := range o.roots {
			out.addOne(label{origin: origin{root: r.root, path: r.path}, kinds: all}, all)
		}
		h.gather(o, &out, maxDepth, &budget)
	}
	return out
}

func (h *heap) gather(o *object, out *set, depth int, budget *int) {
	o = o.find()
	out.add(o.whole, all)
	if depth == 0 {
		return
	}
	for i := 0; i < len(o.fields.names); i++ {
		if *budget--; *budget < 0 {
			return
		}
		if handed(o.fields.names[i]) {
			continue
		}
		h.work++
		c := o.fields.cells[i].find()
		out.add(c.labels, all)
		if c.obj != nil {
			h.gather(c.obj, out, depth-1, budget)
		}
	}
}

// at returns the cell at a path below c, or nil if nothing is known of it.
func (h *heap) at(c *cell, path string) *cell {
	for name := range strings.SplitSeq(strings.TrimPrefix(path, "."), ".") {
		if name == "" {
			continue
		}
		c = h.field(h.object(c), name)
	}
	return c
}

// shallow returns the labels of a value and of the text right below it.
func (h *heap) shallow(c *cell) set {
	if c == nil {
		return nil
	}
	c = c.find()
	out := slices.Clone(c.labels)
	h.rooted(&out, c, all)
	if c.obj != nil {
		o := h.object(c)
		out.add(o.whole, all)
		for _, field := range o.fields.cells {
			out.add(field.find().labels, all)
		}
	}
	return out
}
