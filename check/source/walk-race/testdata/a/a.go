package a

import (
	"io/fs"
	"os"
	"path/filepath"
)

func clean(dir string) {
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		return os.Remove(path) // want "name from the walk"
	})
}
