package a

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
)

func unpack(name, target string) error {
	r, err := zip.OpenReader(name)
	if err != nil {
		return err
	}
	defer r.Close()
	for _, f := range r.File {
		out, err := os.Create(filepath.Join(target, f.Name)) // want `an archive entry's name reaches Create`
		if err != nil {
			return err
		}
		in, err := f.Open()
		if err != nil {
			return err
		}
		io.CopyN(out, in, 1<<20)
	}
	return nil
}

func checked(r *zip.ReadCloser, target string) {
	for _, f := range r.File {
		if !filepath.IsLocal(f.Name) {
			continue
		}
		os.Create(filepath.Join(target, f.Name))
	}
}
