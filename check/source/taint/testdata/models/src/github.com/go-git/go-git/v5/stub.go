// Package git stands in for the library.
package git

type CloneOptions struct{ URL string }

func PlainClone(path string, bare bool, o *CloneOptions) error { return nil }
