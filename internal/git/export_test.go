package git

import "encoding/hex"

// RawEntry is the parser of one entry of git log --raw.
func RawEntry(entry []byte) (string, bool) {
	o, ok := rawEntry(entry)
	return hex.EncodeToString(o[:20]), ok
}
