package a

import (
	"math"
	"strconv"
)

func port(n int) uint16 {
	return uint16(n) // want "int is cut to uint16"
}

func checked(n int) uint16 {
	if n < 0 || n > math.MaxUint16 {
		return 0
	}
	return uint16(n)
}

func checkedOneTooFar(n int) uint8 {
	if n < 0 || n > 256 {
		return 0
	}
	return uint8(n) // want "int is cut to uint8"
}

func negative() uint64 {
	n := int64(-1)
	return uint64(n) // want "int64 never fits into uint64"
}

func masked(n int) byte { return byte(n & 0x7f) }

func parsed(s string) uint16 {
	n, _ := strconv.ParseUint(s, 10, 16)
	return uint16(n)
}

func serialised(b []byte, n uint32) {
	b[0] = byte(n)
	b[1] = byte(n >> 8)
	b[2] = byte(n >> 16)
	b[3] = byte(n >> 24)
}

func words(n int) uint { return uint(n) }

func length(s []string) uint32 {
	return uint32(len(s)) // want "int is cut to uint32"
}

func loop() (list []uint8) {
	for i := range 100 {
		list = append(list, uint8(i))
	}
	return list
}

func padding(n int64) int64 {
	if n < 0 {
		return int64((uint64(n) >> 56) & 7)
	}
	return 0
}
