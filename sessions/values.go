package sessions

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"
)

// Bounds of what a session keeps, in bytes.
const (
	MaxData = 8 << 10 // all keys and values together, encoded
	MaxKey  = 128
)

// ErrTooLarge means that a key is longer than [MaxKey] or empty, or that all
// values together are longer than [MaxData].
var ErrTooLarge = errors.New("sessions: too much to keep in a session")

// errCodec means that a record's data were not written by this package. It is
// treated as a fault of the store.
var errCodec = errors.New("sessions: stored data are damaged")

// codec is the first byte of encoded data and names their format:
//
//	version, then for each key in ascending order:
//	uvarint length of key, key, uvarint length of value, value
//
// The data of a session that keeps nothing are empty.
const codec = 1

// Values are what a session keeps, while [Update] changes it. They are not safe
// for concurrent use and must not be kept.
type Values struct{ m map[string]string }

// Get returns the value of key, or "" if there is none.
func (v *Values) Get(key string) string { return v.m[key] }

// Has reports whether there is a value for key.
func (v *Values) Has(key string) bool {
	_, ok := v.m[key]
	return ok
}

// Set sets the value of key. A value is any bytes.
func (v *Values) Set(key, value string) {
	if v.m == nil {
		v.m = make(map[string]string)
	}
	v.m[key] = value
}

// Delete removes key.
func (v *Values) Delete(key string) { delete(v.m, key) }

// Keys returns all keys in ascending order.
func (v *Values) Keys() []string { return slices.Sorted(maps.Keys(v.m)) }

func (v *Values) encode() ([]byte, error) {
	if len(v.m) == 0 {
		return nil, nil
	}
	size := 1
	for key, value := range v.m {
		if key == "" || len(key) > MaxKey || len(value) > MaxData {
			return nil, ErrTooLarge
		}
		if size += 2*binary.MaxVarintLen16 + len(key) + len(value); size > MaxData {
			return nil, ErrTooLarge
		}
	}
	data := append(make([]byte, 0, size), codec)
	for _, key := range v.Keys() {
		data = binary.AppendUvarint(data, uint64(len(key)))
		data = append(data, key...)
		data = binary.AppendUvarint(data, uint64(len(v.m[key])))
		data = append(data, v.m[key]...)
	}
	return data, nil
}

func decode(data []byte) (*Values, error) {
	v := &Values{make(map[string]string)}
	for rest, err := entries(data); ; {
		var key, value []byte
		if err != nil {
			return nil, err
		}
		if len(rest) == 0 {
			return v, nil
		}
		key, value, rest, err = entry(rest)
		if err == nil {
			v.m[string(key)] = string(value)
		}
	}
}

// entries returns what follows the version.
func entries(data []byte) ([]byte, error) {
	if len(data) == 0 {
		return nil, nil
	}
	if data[0] != codec {
		return nil, errCodec
	}
	return data[1:], nil
}

// entry reads the first entry of data, which is not empty.
func entry(data []byte) (key, value, rest []byte, err error) {
	key, data, err = field(data)
	if err != nil {
		return nil, nil, nil, err
	}
	value, data, err = field(data)
	return key, value, data, err
}

func field(data []byte) (text, rest []byte, err error) {
	n, used := binary.Uvarint(data)
	if used <= 0 || n > uint64(len(data)-used) {
		return nil, nil, errCodec
	}
	end := used + int(n)
	return data[used:end], data[end:], nil
}

// lookup finds one value without decoding the others. Keys are in order, but a
// session keeps too few for a search to pay.
func lookup(data []byte, key string) (value []byte, ok bool) {
	for rest, err := entries(data); err == nil && len(rest) > 0; {
		var k, v []byte
		k, v, rest, err = entry(rest)
		if err == nil && string(k) == key {
			return v, true
		}
	}
	return nil, false
}

// intact reports whether data can be read to the end.
func intact(data []byte) bool {
	rest, err := entries(data)
	for err == nil && len(rest) > 0 {
		_, _, rest, err = entry(rest)
	}
	return err == nil
}
