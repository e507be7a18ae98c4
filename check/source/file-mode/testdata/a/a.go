package a

import "os"

func files(name, keyFile string, secret []byte) {
	os.WriteFile(name, nil, 0o666)       // want "may write"
	os.Mkdir(name, os.ModePerm)          // want "may write"
	os.Chmod(name, 0777)                 // want "may write"
	os.WriteFile(keyFile, secret, 0o644) // want "may read a secret"
	os.WriteFile(name, nil, 0o644)
	os.MkdirAll(name, 0o755)
	os.WriteFile(keyFile, secret, 0o600)
	os.Mkdir("/tmp/x", 0o1777)
}

func public(pubKeyPath string, key []byte) {
	os.WriteFile(pubKeyPath, marshalAuthorizedKey(key), 0o644)
}

func marshalAuthorizedKey(key []byte) []byte { return key }
