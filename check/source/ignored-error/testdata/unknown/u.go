package unknown

import (
	"os"

	"example.com/nowhere"
)

func store(f *os.File) error {
	if _, err := nowhere.Write(f); err != nil {
		f.Sync()
		return err
	}
	nowhere.Write(f)
	f.Sync() // want "the error of Sync"
	return nil
}
