package tables

import (
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/safesql"
)

// IDBytes is an ID as it is stored: none is empty.
func IDBytes(id lockout.ID) []byte {
	if id == (lockout.ID{}) {
		return nil
	}
	return id[:]
}

// Flag is a truth as both take it.
func Flag(set bool) int {
	if set {
		return 1
	}
	return 0
}

// IDList is IDBytes of many.
func IDList(ids []lockout.ID) [][]byte {
	list := make([][]byte, len(ids))
	for i := range ids {
		list[i] = ids[i][:]
	}
	return list
}

// ScanCounter reads a counter, and what stands behind it in the row into more.
func ScanCounter(row safesql.Row, more ...any) (c lockout.Counter, err error) {
	var (
		id, account, network       []byte
		notBefore, locked, expires int64
	)
	err = row.Scan(append([]any{&id, &c.Kind, &c.Subject, &account, &network, &c.Ring, &c.Last, &c.Streak, &c.Strikes, &notBefore, &locked, &expires, &c.Log}, more...)...)
	copy(c.ID[:], id)
	copy(c.Account[:], account)
	copy(c.Network[:], network)
	c.NotBefore, c.LockedUntil, c.Expires = safesql.FromMicros(notBefore), safesql.FromMicros(locked), safesql.FromMicros(expires)
	return c, err
}
