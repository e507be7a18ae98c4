package a

import (
	"os"
	"path/filepath"
)

func temp(name string) {
	os.Create("/tmp/app.lock")                                   // want "everybody may write"
	os.WriteFile(filepath.Join(os.TempDir(), "app"), nil, 0o600) // want "fixed name"
	os.WriteFile(filepath.Join(os.TempDir(), name), nil, 0o600)
	os.CreateTemp("", "app")
	os.Create("/var/lib/app")
}
