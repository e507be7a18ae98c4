package secrets

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"hash"
	"sync"
)

// macSize is the length of a MAC in bytes.
const macSize = sha256.Size

// keepBuffer is the largest buffer put back into the pool.
const keepBuffer = 16 << 10

// MAC authenticates lists of byte strings with HMAC-SHA-256 under keys of one
// purpose. It is safe for concurrent use.
type MAC struct {
	keys []macKey // the primary key first
}

type macKey struct {
	id     string
	states *sync.Pool // of *macState
}

// macState is a keyed hash with the buffers it works on. They live together so
// that what a caller passes in never escapes to the heap.
type macState struct {
	hash hash.Hash
	buf  []byte
	sum  [macSize]byte
}

// MAC returns the MAC for purpose, such as "csrf/token". The purpose is part of
// the key: two purposes have nothing in common.
func (r *Ring) MAC(purpose string) *MAC { return r.mac("mac", purpose) }

func (r *Ring) mac(kind, purpose string) *MAC {
	m := &MAC{keys: make([]macKey, len(r.keys))}
	for i, root := range r.keys {
		key := root.derive(kind, purpose, macSize)
		m.keys[i] = macKey{id: root.id, states: &sync.Pool{New: func() any {
			return &macState{hash: hmac.New(sha256.New, key)}
		}}}
	}
	return m
}

// Sum appends the MAC of parts, 32 bytes made with the primary key, to dst and
// returns the result. It keeps neither dst nor parts, and allocates only if
// dst has too little room.
func (m *MAC) Sum(dst []byte, parts ...[]byte) []byte {
	return sum(m.keys[0], dst, parts)
}

// Verify reports whether tag is the MAC of parts under any key of the ring.
// It compares in constant time. A tag of any other length than 32 is refused.
func (m *MAC) Verify(tag []byte, parts ...[]byte) bool {
	if len(tag) != macSize {
		return false
	}
	for _, k := range m.keys {
		if equal(k, tag, parts) {
			return true
		}
	}
	return false
}

func sum(k macKey, dst []byte, parts [][]byte) []byte {
	s := k.states.Get().(*macState)
	dst = append(dst, s.compute(parts)...)
	s.release(k)
	return dst
}

func equal(k macKey, tag []byte, parts [][]byte) bool {
	s := k.states.Get().(*macState)
	ok := subtle.ConstantTimeCompare(tag, s.compute(parts)) == 1
	s.release(k)
	return ok
}

func (s *macState) compute(parts [][]byte) []byte {
	buf := s.buf[:0]
	for _, p := range parts {
		buf = binary.BigEndian.AppendUint64(buf, uint64(len(p)))
		buf = append(buf, p...)
	}
	s.buf = buf
	s.hash.Reset()
	s.hash.Write(buf)
	return s.hash.Sum(s.sum[:0])
}

func (s *macState) release(k macKey) {
	if cap(s.buf) <= keepBuffer {
		k.states.Put(s)
	}
}

// String returns "[secret]".
func (m *MAC) String() string { return hidden }

// GoString returns "[secret]".
func (m *MAC) GoString() string { return hidden }
