package redis

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"github.com/merlon-go/merlon/ratelimit"
)

// The flags of a cell's record; take.lua has the same.
const (
	flagLast = 1 << iota // of its call: all or nothing up to here
	flagRate
	flagSoft
	flagLook
	flagWant
	flagBack
)

const tick = 100 * time.Nanosecond

// epoch is where ticks are counted from.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// A batch is the calls that one run of the script decides, and what it takes to
// write them down.
type batch struct {
	calls []*call
	keys  []string
	args  [2]string
	// index finds a key among keys, by open addressing: the number of a key
	// plus one, 0 for none. Keys are random, so their first bytes are a hash.
	index [2 * maxBatch]uint16
	sums  [maxBatch][16]byte
	again bool // may be run twice: what is taken twice errs on the strict side
}

// clear forgets the calls.
func (b *batch) clear() {
	clear(b.calls)
	clear(b.keys)
	b.calls, b.keys, b.args = b.calls[:0], b.keys[:0], [2]string{}
}

// encode writes the arguments of the script. Keys and numbers that cells have
// in common are written once.
func (b *batch) encode(prefix, clock string) {
	total := 0
	for _, c := range b.calls {
		total += len(c.cells)
	}
	if total > 1 {
		clear(b.index[:])
	}
	// Both are the command's from then on: after an error it may still be read.
	names := make([]byte, 0, total*(len(prefix)+len("ratelimit:{63}:")+22))
	data := make([]byte, 0, 3*8+total*4)
	b.again = true
	var rate [3]float64
	for _, c := range b.calls {
		for i := range c.cells {
			cell := &c.cells[i]
			k := len(b.keys)
			if total > 1 {
				k = b.find(&cell.Key)
			}
			if k == len(b.keys) {
				start := len(names)
				names = appendName(names, prefix, cell)
				b.sums[k] = cell.Key
				b.keys = append(b.keys, rueidis.BinaryString(names[start:]))
			}
			var flags byte
			if i == len(c.cells)-1 {
				flags = flagLast
			}
			data = appendRecord(data, cell, flags, byte(k), &rate)
			b.again = b.again && cell.Back == 0
		}
	}
	b.args = [2]string{clock, rueidis.BinaryString(data)}
}

// find returns the number of a key, that of the next if it is new.
func (b *batch) find(key *[16]byte) int {
	for at := binary.LittleEndian.Uint16(key[:]); ; at++ {
		n := &b.index[int(at)%len(b.index)]
		if *n == 0 {
			*n = uint16(len(b.keys) + 1)
			return len(b.keys)
		}
		if b.sums[*n-1] == *key {
			return int(*n - 1)
		}
	}
}

func appendName(names []byte, prefix string, c *ratelimit.Cell) []byte {
	names = append(names, prefix...)
	names = append(names, "ratelimit:{"...)
	names = strconv.AppendInt(names, int64(tagOf(c)), 10)
	names = append(names, "}:"...)
	return base64.RawURLEncoding.AppendEncode(names, c.Key[:])
}

// appendRecord appends what is asked about the k-th key. The rate is left out
// if it is that of the record before.
func appendRecord(data []byte, c *ratelimit.Cell, flags, k byte, rate *[3]float64) []byte {
	if c.Soft {
		flags |= flagSoft
	}
	if c.Look {
		flags |= flagLook
	}
	if wants(c) {
		flags |= flagWant
	}
	if c.Back > 0 {
		flags |= flagBack
	}
	interval := float64((c.Interval + tick - 1) / tick)
	r := [3]float64{interval, interval * float64(c.Burst), interval * float64(c.Cost)}
	if c.Cost > c.Burst {
		r[2] = math.Inf(1) // never, however the products are rounded
	}
	if r != *rate {
		flags |= flagRate
	}
	data = append(data, flags, k)
	if c.Back > 0 {
		data = appendDouble(data, float64(c.Back/tick))
	}
	if wants(c) {
		data = appendDouble(data, float64(c.Want))
	}
	if flags&flagRate != 0 {
		*rate = r
		for _, n := range r {
			data = appendDouble(data, n)
		}
	}
	return data
}

func appendDouble(data []byte, n float64) []byte {
	return binary.LittleEndian.AppendUint64(data, math.Float64bits(n))
}

// wants reports whether the script tells how many events c took.
func wants(c *ratelimit.Cell) bool { return c.Want > c.Cost && !c.Look && c.Back == 0 }

var errReply = errors.New("redis: the script's answer is malformed")

// decode fills in the answers.
func (b *batch) decode(reply []rueidis.RedisMessage) error {
	total := 0
	for _, c := range b.calls {
		total += len(c.cells)
	}
	if len(reply) < total {
		return errReply
	}
	ahead, took := reply[:total], reply[total:]
	for _, c := range b.calls {
		c.ok = true
		for i := range c.cells {
			cell := &c.cells[i]
			n, err := ahead[0].ToInt64()
			if err != nil {
				return errReply
			}
			ahead = ahead[1:]
			if cell.Short = n < 0; cell.Short {
				n = -1 - n
			}
			cell.Ahead = time.Duration(n) * tick
			c.ok = c.ok && (!cell.Short || cell.Soft)
		}
		for i := range c.cells {
			cell := &c.cells[i]
			n := cell.Cost
			if wants(cell) {
				if len(took) == 0 {
					return errReply
				}
				var err error
				if n, err = took[0].ToInt64(); err != nil {
					return errReply
				}
				took = took[1:]
			}
			if cell.Got = 0; c.ok && !cell.Short && !cell.Look && cell.Back == 0 {
				cell.Got = n
			}
		}
	}
	return nil
}
