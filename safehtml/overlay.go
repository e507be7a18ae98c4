package safehtml

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// Overlay returns a file system in which a file of an earlier layer hides the
// file of the same path in later ones, and directories show the files of all.
// Put a site's own templates first and the ones it builds upon after them. Nil
// layers are left out.
func Overlay(layers ...fs.FS) fs.FS {
	var o overlay
	for _, layer := range layers {
		if layer != nil {
			o = append(o, layer)
		}
	}
	return o
}

type overlay []fs.FS

// Open opens the first layer's file of that name.
func (o overlay) Open(name string) (fs.File, error) {
	for _, layer := range o {
		f, err := layer.Open(name)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// ReadDir returns the entries of all layers' directories of that name, sorted.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	var all []fs.DirEntry
	found := false
	for _, layer := range o {
		entries, err := fs.ReadDir(layer, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = true
		for _, entry := range entries {
			if !slices.ContainsFunc(all, func(e fs.DirEntry) bool { return e.Name() == entry.Name() }) {
				all = append(all, entry)
			}
		}
	}
	if !found {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all, nil
}
