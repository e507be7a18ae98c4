package a

import "os"

func remove(name string) { os.Chmod(name, 0o666) }
