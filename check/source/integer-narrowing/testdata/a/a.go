package a

import "strconv"

func narrow(s string) (int32, int32, int32) {
	n, _ := strconv.Atoi(s)
	m, _ := strconv.ParseInt(s, 10, 32)
	a, b := int32(n), int32(m) // want `a parsed number is cut to int32`
	if n < 100 {
		return a, b, int32(n)
	}
	return a, b, 0
}
